// The number of children ticked, kept up to date; the page works the same without it.
"use strict";

const roll = document.querySelector(".roll");
const said = document.querySelector("[data-present-count]");

function count() {
  const boxes = roll.querySelectorAll("input[name='present']:checked").length;
  said.textContent = boxes > 1 ? `${boxes} présents` : `${boxes} présent`;
}

if (roll && said) {
  roll.addEventListener("change", count);
  // A page restored by the back button has its boxes ticked only once it is shown.
  window.addEventListener("pageshow", count);
}
