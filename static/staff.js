// The agents' pages work without this file; it asks before deleting, looks rows up, adds inline rows.
"use strict";

// -- asking before a deletion or an action (the server asks on a page of its own otherwise) --------
document.addEventListener("submit", (event) => {
  const form = event.target;
  const chosen = form.querySelector("select option:checked[data-confirm]");
  const question = form.dataset.confirm || (form.id === "action_form" && chosen && chosen.dataset.confirm);
  if (!question || form.querySelector("input[name=confirme]")) return;
  if (!window.confirm(question)) {
    event.preventDefault();
    return;
  }
  const agreed = document.createElement("input");
  agreed.type = "hidden";
  agreed.name = "confirme";
  agreed.value = "oui";
  form.append(agreed);
});

// -- boxes of a list --------------------------------------------------------------------------------
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-select-all]")) return;
  for (const box of document.querySelectorAll("input[name=rowid]")) box.checked = event.target.checked;
});

// -- rows of an inline table --------------------------------------------------------------------------
function addInlineRow(list) {
  const rows = list.querySelector(".inline-rows");
  const used = [...rows.children].map((row) => Number(row.dataset.index));
  const index = Math.max(-1, ...used) + 1;
  const prefix = `${list.dataset.inline}-${index}-`;
  const row = document.createElement("div");
  row.className = "inline-row";
  row.dataset.index = String(index);
  row.innerHTML = list.querySelector("[data-inline-template]").dataset.inlineTemplate;
  for (const part of row.querySelectorAll("[id], [name], [for], [aria-describedby]")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, prefix + part.getAttribute(name));
    }
  }
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "btn btn-link";
  remove.dataset.inlineRemove = "";
  remove.textContent = "Retirer";
  remove.setAttribute("aria-label", "Retirer cette ligne");
  row.append(remove);
  rows.append(row);
  const position = row.querySelector("[name$='-position']");
  if (position) position.value = String(rows.children.length);
  row.querySelector("input:not([type=hidden]), select").focus();
}

document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-inline-add]");
  if (add) addInlineRow(add.closest("[data-inline]"));
  const remove = event.target.closest("[data-inline-remove]");
  if (remove) remove.closest(".inline-row").remove();
});

// -- what only some kinds need -------------------------------------------------------------------------
const kind = document.getElementById("kind");
if (kind && document.querySelector("[data-shown-for]")) {
  const fold = () => {
    for (const block of document.querySelectorAll("[data-shown-for]")) {
      const needed = block.dataset.shownFor.split(" ").includes(kind.value);
      block.hidden = !needed && !block.querySelector(".field-error");
    }
  };
  kind.addEventListener("change", fold);
  fold();
}

// -- look-up of a family, an adult, a child… (combobox of the ARIA practices) ---------------------------
class Lookup {
  constructor(input) {
    this.number = input;
    this.box = document.createElement("div");
    this.box.className = "lookup";
    this.typed = input.cloneNode();
    for (const name of ["name", "data-lookup", "data-shown", "inputmode"]) this.typed.removeAttribute(name);
    this.typed.value = input.dataset.shown;
    input.removeAttribute("id");
    input.type = "hidden";
    const after = input.nextElementSibling;
    if (after && after.classList.contains("lookup-shown")) after.remove();
    input.before(this.box);
    this.box.append(input, this.typed);
    this.list = document.createElement("ul");
    this.list.className = "lookup-list";
    this.list.id = `${this.typed.id}-liste`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Résultats");
    this.list.hidden = true;
    this.box.append(this.list);
    const role = { role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false", placeholder: "Tapez quelques lettres" };
    for (const [name, value] of Object.entries(role)) this.typed.setAttribute(name, value);
    this.typed.addEventListener("input", () => this.wait());
    this.typed.addEventListener("keydown", (event) => this.key(event));
    this.typed.addEventListener("blur", () => this.leave());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("li");
      if (option && option.dataset.id) this.choose(option);
    });
  }

  wait() {
    this.number.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), 180);
  }

  async search() {
    const words = this.typed.value.trim();
    if (!words) return this.close();
    const address = new URL(this.number.dataset.lookup, location.href);
    address.searchParams.set("query", words);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok || words !== this.typed.value.trim()) return undefined;
    return this.show(await answer.json());
  }

  show(found) {
    this.list.replaceChildren();
    for (const [id, label] of found) {
      const option = document.createElement("li");
      option.id = `${this.list.id}-${id}`;
      option.setAttribute("role", "option");
      option.dataset.id = String(id);
      option.textContent = label;
      this.list.append(option);
    }
    if (!found.length) {
      const none = document.createElement("li");
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = "Aucun résultat";
      this.list.append(none);
    }
    this.list.hidden = false;
    this.typed.setAttribute("aria-expanded", "true");
    this.mark(0);
  }

  options() {
    return [...this.list.querySelectorAll("li[data-id]")];
  }

  mark(index) {
    const options = this.options();
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    this.index = index;
    if (!options[index]) return this.typed.removeAttribute("aria-activedescendant");
    this.typed.setAttribute("aria-activedescendant", options[index].id);
    return options[index].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (this.list.hidden) return;
    const last = this.options().length - 1;
    if (event.key === "ArrowDown") this.mark(Math.min(this.index + 1, last));
    else if (event.key === "ArrowUp") this.mark(Math.max(this.index - 1, 0));
    else if (event.key === "Enter" && this.options()[this.index]) this.choose(this.options()[this.index]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }

  choose(option) {
    this.number.value = option.dataset.id;
    this.typed.value = option.textContent;
    this.close();
  }

  leave() {
    if (!this.number.value) this.typed.value = "";
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.typed.setAttribute("aria-expanded", "false");
    this.typed.removeAttribute("aria-activedescendant");
  }
}

for (const input of document.querySelectorAll("input[data-lookup]")) new Lookup(input);

// -- the menu: keep the current screen in sight, close with Escape ---------------------------------------
const menu = document.getElementById("menu");
const here = menu && menu.querySelector("[aria-current]");
if (here) menu.scrollTop = here.offsetTop - menu.clientHeight / 2;
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && location.hash === "#menu") location.hash = "#contenu";
});
