// The calendar without JavaScript already works, and its changed days are already green (CSS).
// This only counts what is not saved, says what it would cost, and warns before losing it.
"use strict";

(function () {
  const form = document.getElementById("calendrier");
  const counter = document.getElementById("compteur");
  if (!form || !counter) return;

  const asServed = counter.textContent;
  const boxes = Array.from(form.querySelectorAll('input[name="jour"]'));
  const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR", signDisplay: "exceptZero" });
  let sending = false;

  function changed() {
    return boxes.filter((box) => box.checked !== box.hasAttribute("data-vu"));
  }

  // The server's prices, for display only: it never reads one back.
  function price(days) {
    if (!counter.dataset.prix) return "";
    const cents = days.reduce((sum, box) => sum + Number(box.dataset.cents || 0) * (box.checked ? 1 : -1), 0);
    return ", " + euros.format(cents / 100) + " sur votre facture";
  }

  function tell() {
    const days = changed();
    if (days.length === 0) {
      counter.textContent = asServed;
    } else {
      const plural = days.length > 1 ? "s" : "";
      counter.textContent =
        days.length + " modification" + plural + " non enregistrée" + plural + price(days) + ".";
    }
    counter.classList.toggle("changed", days.length > 0);
  }

  form.addEventListener("change", tell);
  form.addEventListener("submit", () => {
    sending = true;
  });
  window.addEventListener("pageshow", () => {
    sending = false;
    tell();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && changed().length > 0) event.preventDefault();
  });
  tell();
})();
