// The number of children ticked, kept up to date, and « maintenant » beside an hour; the page works the same
// without them.
"use strict";

const roll = document.querySelector(".roll");
const said = document.querySelector("[data-present-count]");

function count() {
  const boxes = roll.querySelectorAll("input[name='present']:checked").length;
  said.textContent = boxes > 1 ? `${boxes} présents` : `${boxes} présent`;
}

// A child with an hour was there; one who is unticked neither came nor left.
function agree(changed) {
  const line = changed.closest(".timed");
  const box = line && line.querySelector("input[name='present']");
  if (!box) return;
  if (changed === box && !box.checked) {
    for (const hour of line.querySelectorAll("input[type='time']")) hour.value = "";
  } else if (changed.type === "time" && changed.value) {
    box.checked = true;
  }
}

// The clock of the server: that of a tablet may be wrong.
const ahead = roll && roll.dataset.now ? Date.parse(roll.dataset.now) - Date.now() : 0;

function offerNow(hour) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-secondary";
  button.textContent = "Maintenant";
  button.setAttribute("aria-label", `Maintenant, ${hour.labels[0].textContent}`);
  button.addEventListener("click", () => {
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Europe/Paris" };
    hour.value = new Intl.DateTimeFormat("en-GB", clock).format(Date.now() + ahead);
    hour.dispatchEvent(new Event("change", { bubbles: true }));
  });
  hour.after(button);
}

if (roll && roll.dataset.now) {
  for (const hour of roll.querySelectorAll("input[type='time']")) offerNow(hour);
}

if (roll && said) {
  roll.addEventListener("change", (event) => agree(event.target));
  roll.addEventListener("change", count);
  // A page restored by the back button has its boxes ticked only once it is shown.
  window.addEventListener("pageshow", count);
}
