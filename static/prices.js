// The price editor works without this file; it adds and removes rows on the spot, reads a pasted table,
// and asks the server for the curve and its effect as one types.
"use strict";

const grid = document.querySelector("form.prices");
const shown = document.getElementById("apercu");
const table = grid && grid.querySelector(".bands");
let waiting;

// -- the preview follows what is typed -----------------------------------------------------------
async function follow() {
  const sent = new FormData(grid);
  const answer = await fetch(grid.dataset.preview, { method: "POST", body: sent });
  if (answer.ok) shown.innerHTML = await answer.text();
  shown.classList.remove("is-stale");
  const found = shown.querySelector("[data-state]");
  const state = grid.querySelector("[data-state-shown]");
  if (state) state.textContent = found ? found.dataset.state : "";
}

function later() {
  clearTimeout(waiting);
  shown.classList.add("is-stale");
  waiting = setTimeout(follow, 500);
}

// -- rows ------------------------------------------------------------------------------------------
function indexes() {
  return [...table.querySelectorAll("[name^='lignes-'][name$='-label']")].map((field) => Number(field.name.split("-")[1]));
}

function renumber() {
  [...table.querySelectorAll("[data-row]")].forEach((row, place) => {
    for (const number of row.querySelectorAll("[data-number]")) number.textContent = String(place + 1);
    for (const button of row.querySelectorAll("[name=monter], [name=retirer]")) button.value = String(place);
  });
}

function addRow() {
  const index = Math.max(-1, ...indexes()) + 1;
  const copy = document.createElement("table");
  copy.innerHTML = document.getElementById("ligne-modele").dataset.rowModel;
  for (const part of copy.querySelectorAll("[id], [name], [for], [aria-describedby]")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace(/lignes-9999-/g, `lignes-${index}-`));
    }
  }
  const row = copy.querySelector("[data-row]");
  table.append(row);
  renumber();
  row.querySelector("input:not([type=hidden])").focus();
}

function paste(event) {
  const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
  if (!event.target.closest(".bands") || !text.trim().includes("\n")) return;
  event.preventDefault();
  grid.querySelector("#colle").value = text;
  grid.requestSubmit(grid.querySelector("button[name=lire]"));
}

if (grid) {
  grid.addEventListener("input", (event) => {
    if (event.target.id !== "colle") later();
  });
  grid.addEventListener("paste", paste);
  grid.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-row-remove]");
    const add = event.target.closest("[data-row-add]");
    if (!remove && !add) return;
    event.preventDefault();
    if (add) return addRow();
    remove.closest("[data-row]").remove();
    renumber();
    return later();
  });
}
