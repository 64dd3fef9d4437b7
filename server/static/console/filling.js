// Filling in a long form: rows of tables, and questions that depend on others. Where the form says whose draft it is, what was
// typed stays in this tab until it is sent, whatever becomes of the session. Numbers of bank cards are not kept.
(() => {
  "use strict";

  const DRAFT = "draft:"; // working.js forgets what begins with it when somebody signs out
  const UNKEPT = "[name=csrf_token], [data-unkept]";

  const asks = "[data-shown-if], [data-more]";
  const form = () => document.querySelector("form[data-draft-of]") ?? document.querySelector(asks)?.closest("form");
  const isKept = () => form()?.dataset.draftOf !== undefined;
  const place = () => DRAFT + form().dataset.draftOf;
  const controls = () => [...form().elements].filter((one) => one.name && !one.matches(UNKEPT));

  // ── questions that depend on answers

  function given(key) {
    const found = [...form().elements].filter((one) => one.name === `q_${key}`);
    const one = found.find((control) => control.checked) ?? found.find((control) => control.type !== "radio");
    if (one?.type === "radio") return one.value === "yes";
    const offered = one?.list && [...one.list.options].find((option) => option.value === one.value);
    return offered?.dataset.key ?? one?.value;
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
    if (!isKept()) return;
    const kept = controls().map((one) => [one.name, one.value, one.checked]);
    sessionStorage.setItem(place(), JSON.stringify(kept));
  }

  function bringBack() {
    const kept = isKept() && JSON.parse(sessionStorage.getItem(place()) ?? "null");
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
    if (!form()?.contains(event.target)) return;
    showWhatApplies();
    keep();
  });

  // Refused: the page begins where it says why. The form may have come back with what others wrote.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!isKept()) return;
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
    if (isKept() && leads && !leads.startsWith("/console/sign-in")) sessionStorage.removeItem(place());
  });

  document.addEventListener("DOMContentLoaded", () => {
    bringBack();
    showWhatApplies();
  });
})();
