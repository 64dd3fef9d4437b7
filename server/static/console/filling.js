// Filling in a long form: rows of tables, questions that depend on others, and what was typed, which stays in this tab until it
// is sent, whatever becomes of the session. Numbers of bank cards are not kept.
(() => {
  "use strict";

  const DRAFT = "draft:"; // working.js forgets what begins with it when somebody signs out
  const UNKEPT = "[name=csrf_token], [data-unkept]";

  const form = () => document.querySelector("form[data-draft-of]");
  const place = () => DRAFT + form().dataset.draftOf;
  const controls = () => [...form().elements].filter((one) => one.name && !one.matches(UNKEPT));

  // ── questions that depend on answers

  function given(key) {
    const found = [...form().elements].filter((one) => one.name === `q_${key}`);
    const one = found.find((control) => control.checked) ?? found.find((control) => control.type !== "radio");
    return one?.type === "radio" ? one.value === "yes" : one?.value;
  }

  function showWhatApplies() {
    document.querySelectorAll("[data-shown-if]").forEach((part) => {
      const cases = JSON.parse(part.dataset.shownIf);
      part.hidden = !cases.some((one) => Object.entries(one).every(([key, values]) => values.includes(given(key))));
    });
  }

  // ── rows

  function rowsOf(table) {
    return [...table.querySelectorAll(":scope > [data-row-asked]")];
  }

  function renumbered(row, number) {
    for (const attribute of ["id", "name", "for", "list", "aria-describedby"]) {
      row.querySelectorAll(`[${attribute}]`).forEach((one) => {
        one.setAttribute(attribute, one.getAttribute(attribute).replace(/-\d+-/, `-${number}-`));
      });
    }
    return row;
  }

  function emptied(row) {
    row.querySelectorAll("input, select, textarea").forEach((one) => {
      if (one.type === "radio" || one.type === "checkbox") one.checked = false;
      else one.value = "";
    });
    row.querySelectorAll(".field__wrong").forEach((one) => one.remove());
    row.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
    row.querySelectorAll(".field--wrong").forEach((one) => one.classList.remove("field--wrong"));
    return row;
  }

  function numberOf(row) {
    return Number(/-(\d+)-/.exec(row.querySelector("[name]").name)[1]);
  }

  function addRow(table, number) {
    const last = rowsOf(table).at(-1);
    const row = emptied(renumbered(last.cloneNode(true), number ?? Math.max(...rowsOf(table).map(numberOf)) + 1));
    last.after(row);
    return row;
  }

  document.addEventListener("click", (event) => {
    const more = event.target.closest("[data-more]");
    if (more) addRow(more.parentElement).querySelector("input, select, textarea").focus();
    const less = event.target.closest("[data-less]");
    if (less) {
      const row = less.closest("[data-row-asked]");
      const table = row.parentElement;
      // The last one is only emptied: another is made from it.
      if (rowsOf(table).length > 1) row.remove();
      else emptied(row);
      table.querySelector(":scope > [data-more]").focus();
      keep();
    }
    if (event.target.closest("[data-let-go]")) {
      sessionStorage.removeItem(place());
      location.reload();
    }
  });

  // ── what was typed

  function keep() {
    const kept = controls().map((one) => [one.name, one.value, one.checked]);
    sessionStorage.setItem(place(), JSON.stringify(kept));
  }

  function bringBack() {
    const kept = JSON.parse(sessionStorage.getItem(place()) ?? "null");
    if (!kept) return;
    const names = new Set(kept.map(([name]) => name));
    document.querySelectorAll("[data-more]").forEach((more) => {
      const table = more.parentElement;
      const wanted = new Set([...names].filter((name) => name.startsWith(`${table.id}-`)).map((name) => Number(/-(\d+)-/.exec(name)[1])));
      wanted.forEach((number) => rowsOf(table).some((row) => numberOf(row) === number) || addRow(table, number));
      rowsOf(table).forEach((row) => wanted.has(numberOf(row)) || row.remove());
    });
    for (const [name, value, checked] of kept) {
      controls()
        .filter((one) => one.name === name)
        .forEach((one) => {
          if (one.type !== "radio" && one.type !== "checkbox") one.value = value;
          else if (one.value === value) one.checked = checked;
        });
    }
    document.querySelector("[data-brought-back]").hidden = false;
  }

  document.addEventListener("input", (event) => {
    if (!event.target.closest("form[data-draft-of]")) return;
    showWhatApplies();
    keep();
  });

  // Refused: the page begins where it says why. The form may have come back with what others wrote.
  document.addEventListener("htmx:afterSettle", (event) => {
    let why = event.target;
    if (why === form()) {
      document.querySelector("[data-brought-back]").hidden = true;
      showWhatApplies();
      keep();
      why = form().querySelector(".field--wrong") ?? form().querySelector("[role=alert]");
      why.querySelector("input, select, textarea")?.focus();
    }
    why.scrollIntoView({ block: "center" });
  });

  // Done, and not merely sent to sign in again.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const leads = event.detail.xhr.getResponseHeader("HX-Redirect");
    if (leads && !leads.startsWith("/console/sign-in")) sessionStorage.removeItem(place());
  });

  document.addEventListener("DOMContentLoaded", () => {
    bringBack();
    showWhatApplies();
  });
})();
