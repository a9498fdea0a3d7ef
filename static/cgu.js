"use strict";

// The box can be ticked once the text has been scrolled to its end; without JavaScript it simply stands there.
(() => {
  const form = document.querySelector("[data-cgu]");
  if (!form) return;
  const text = form.querySelector("[data-cgu-text]");
  const box = form.querySelector("input[name=accepte]");
  const hint = form.querySelector("[data-cgu-hint]");

  const atEnd = () => text.scrollTop + text.clientHeight >= text.scrollHeight - 4;
  const open = () => {
    if (!atEnd()) return;
    box.disabled = false;
    hint.hidden = true;
    text.removeEventListener("scroll", open);
  };
  if (atEnd()) return;
  box.disabled = true;
  hint.hidden = false;
  text.addEventListener("scroll", open, { passive: true });
})();
