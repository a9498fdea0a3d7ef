// What is to be typed elsewhere is copied in one tap; without this script it is selected and copied by hand.
"use strict";

(function () {
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copier]").forEach((button) => {
    const said = button.querySelector("[data-dit]") || button;
    const before = said.textContent;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(button.dataset.copier).then(() => {
        said.textContent = "Copié";
        setTimeout(() => { said.textContent = before; }, 2500);
      });
    });
  });
})();
