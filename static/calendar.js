// The calendar without JavaScript already works, and its changed days are already green (CSS).
// This says what is not saved and what it costs, ticks the time left, keeps the choices of a page that is
// reloaded or that lost its connection, and lets the arrow keys walk from day to day.
"use strict";

(function () {
  const PREFIX = "calendrier ";
  const form = document.getElementById("calendrier");
  if (document.querySelector("[data-recu]")) forgetSent();
  if (!form) return;

  const boxes = Array.from(form.querySelectorAll('input[type="checkbox"][name^="jour"]'));
  const author = form.elements.auteur.value;
  const key = PREFIX + form.getAttribute("action");
  let sending = false;

  const changed = () => boxes.filter((box) => !box.disabled && box.checked !== box.hasAttribute("data-vu"));
  const plural = (count) => (count > 1 ? "s" : "");

  // -- what is not saved -----------------------------------------------------------------

  const counter = document.getElementById("compteur");
  const asServed = counter.textContent;
  const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR", signDisplay: "exceptZero" });

  // The server's prices, for display only: it never reads one back.
  function price(days) {
    if (!counter.dataset.prix) return "";
    const cents = days.reduce((sum, box) => sum + Number(box.dataset.cents || 0) * (box.checked ? 1 : -1), 0);
    return "\u00a0: " + euros.format(cents / 100).replace("-", "\u2212");
  }

  function summary(days) {
    const waits = days.filter((box) => box.hasAttribute("data-attente"));
    const sure = days.filter((box) => !box.hasAttribute("data-attente"));
    const added = sure.filter((box) => box.checked).length;
    const removed = sure.length - added;
    const asked = waits.filter((box) => box.checked).length;
    const left = waits.length - asked;
    const meal = form.dataset.unite === "repas";
    const unit = (count) => (meal ? " repas" : " séance" + plural(count));
    const ending = (count) => (meal ? "" : "e") + plural(count);
    const said = [];
    if (added) said.push(added + unit(added) + " ajouté" + ending(added));
    if (removed) said.push(removed + (added ? "" : unit(removed)) + " annulé" + ending(removed));
    if (asked) said.push(asked + " en liste d’attente");
    if (left) said.push(left + " sortie" + plural(left) + " de liste d’attente");
    return said.join(", ") + price(days);
  }

  function tell() {
    const days = changed();
    counter.textContent = days.length ? summary(days) + "." : asServed;
    counter.classList.toggle("changed", days.length > 0);
  }

  // -- choices kept in this tab, offered back ----------------------------------------------

  const again = document.getElementById("reprise");
  const nameOf = (box) => box.name + " " + box.value;

  function keep(sent) {
    const days = changed();
    if (!days.length) return forget();
    store(() =>
      sessionStorage.setItem(
        key,
        JSON.stringify({ author: author, sent: sent, boxes: days.map((box) => [nameOf(box), box.checked]) }),
      ),
    );
  }

  function forget() {
    store(() => sessionStorage.removeItem(key));
  }

  // A browser that refuses to keep anything only loses the comfort of it.
  function store(action) {
    try {
      return action();
    } catch {
      return null;
    }
  }

  function forgetSent() {
    store(() => {
      for (const name of Object.keys(sessionStorage)) {
        if (name.startsWith(PREFIX) && JSON.parse(sessionStorage.getItem(name)).sent) sessionStorage.removeItem(name);
      }
    });
  }

  function kept() {
    const draft = store(() => JSON.parse(sessionStorage.getItem(key)));
    if (!draft || draft.author !== author) return [];
    const wanted = new Map(draft.boxes);
    return boxes.filter((box) => !box.disabled && wanted.has(nameOf(box)) && wanted.get(nameOf(box)) !== box.checked);
  }

  function offer() {
    const days = kept();
    again.hidden = days.length === 0;
    again.querySelector("[data-combien]").textContent = days.length + " jour" + plural(days.length);
  }

  again.querySelector("[data-reprendre]").addEventListener("click", () => {
    const days = kept();
    for (const box of days) box.checked = !box.checked;
    again.hidden = true;
    tell();
    keep(false);
    if (days.length) days[0].focus();
  });
  again.querySelector("[data-oublier]").addEventListener("click", () => {
    forget();
    again.hidden = true;
    keep(false);
  });

  // -- the connection ------------------------------------------------------------------------

  const lost = document.getElementById("connexion");

  function tellConnection() {
    const back = navigator.onLine !== false;
    if (lost.hidden && back) return;
    lost.hidden = changed().length === 0 && back;
    lost.querySelector("[data-perdue]").hidden = back;
    lost.querySelector("[data-revenue]").hidden = !back;
  }

  window.addEventListener("offline", tellConnection);
  window.addEventListener("online", tellConnection);

  // -- the time left ----------------------------------------------------------------------------

  const countdown = document.getElementById("decompte");
  const MINUTE = 60000;
  const ANNOUNCED = [60, 10, 5, 1].map((minutes) => minutes * MINUTE);

  // The server's clock, as this device sees it pass.
  const loaded = performance.getEntriesByType("navigation")[0];
  const shift = Date.parse(form.dataset.maintenant) + performance.now() - (loaded ? loaded.responseStart : 0) - Date.now();
  const serverNow = () => Date.now() + shift;

  function words(count, word) {
    return count ? count + " " + word + plural(count) : "";
  }

  // As rules/countdown.py writes it, and the seconds for the last ten minutes.
  function timeLeft(left) {
    const seconds = Math.floor(left / 1000);
    const units = [
      [Math.floor(seconds / 86400), "jour"],
      [Math.floor(seconds / 3600) % 24, "heure"],
      [Math.floor(seconds / 60) % 60, "minute"],
      [seconds % 60, "seconde"],
    ];
    const first = seconds >= 86400 ? 0 : seconds >= 600 ? 1 : 2;
    const said = units.slice(first, first + 2).map(([count, word]) => words(count, word));
    return said.filter(Boolean).join(" et ") || "moins d’une seconde";
  }

  function close(box) {
    const cell = box.closest("td");
    box.checked = box.hasAttribute("data-vu");
    for (const input of cell.querySelectorAll("input")) input.disabled = true; // not sent: nothing is asked of it
    const note = document.createElement("span");
    note.className = "note";
    note.textContent = "Délai dépassé";
    cell.querySelector(".face").append(note);
    cell.classList.add("past");
  }

  // The limit stands on the day, or on its row when all its days close together.
  function hasPassed(box) {
    const limited = box.closest("[data-limite]");
    return limited !== null && Date.parse(limited.dataset.limite) <= serverNow();
  }

  function closePassed() {
    const passed = boxes.filter((box) => !box.disabled && hasPassed(box));
    passed.forEach(close);
    if (passed.length) tell();
  }

  function startCountdown() {
    const end = Date.parse(countdown.dataset.limite);
    const shown = countdown.querySelector("[data-reste]");
    const announce = document.getElementById("annonce-delai");
    let before = end - serverNow();
    const timer = setInterval(tick, 1000);

    function tick() {
      const left = end - serverNow();
      if (left <= 0) {
        clearInterval(timer);
        closePassed();
        countdown.hidden = true;
        const over = document.getElementById("delai-passe");
        over.hidden = false;
        announce.textContent = over.textContent;
        return;
      }
      const text = timeLeft(left);
      if (text !== shown.textContent) shown.textContent = text;
      if (ANNOUNCED.some((limit) => before > limit && left <= limit)) {
        announce.textContent = countdown.textContent;
      }
      before = left;
    }
    tick();
  }

  // -- from day to day with the arrows ------------------------------------------------------------

  const inAList = window.matchMedia("(max-width: 47rem)");
  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  function boxFrom(box, step) {
    const open = boxes.filter((each) => !each.disabled);
    if (inAList.matches || step[0] === 0) return open[open.indexOf(box) + step[0] + step[1]];
    const rows = Array.from(box.closest("table").rows);
    const column = box.closest("td").cellIndex;
    for (let at = rows.indexOf(box.closest("tr")) + step[0]; rows[at]; at += step[0]) {
      const cell = rows[at].cells[column];
      const found = cell && cell.querySelector('input[type="checkbox"]:not(:disabled)');
      if (found) return found;
    }
    return null;
  }

  form.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.target.type !== "checkbox" || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = boxFrom(event.target, step);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  // -- together ---------------------------------------------------------------------------------------

  form.addEventListener("change", () => {
    tell();
    keep(false);
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine === false) {
      event.preventDefault();
      tellConnection();
      lost.scrollIntoView({ block: "nearest" });
      return;
    }
    keep(true);
    sending = true;
  });
  window.addEventListener("pageshow", () => {
    sending = false;
    closePassed();
    tell();
    offer();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && changed().length > 0) event.preventDefault();
  });
  if (countdown) startCountdown();
  tell();
})();
