// For working through cases: the keyboard, beginnings of messages, and drafts, so that nothing typed is lost when a
// session ends, a form has lain too long, or the page is left. Drafts stay in this tab and go when somebody signs out.
(() => {
  "use strict";

  const KEYS = ["t", "r", "f"];
  const DRAFT = "draft:";
  const OWNER = "drafts-of";
  const me = document.body.dataset.me;

  function show(id) {
    document.getElementById(id)?.showModal();
  }

  // ── the keyboard

  function rows() {
    return [...document.querySelectorAll("[data-row]")];
  }

  function move(by) {
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(document.activeElement);
    all[Math.min(Math.max(at + by, 0), all.length - 1)].focus();
    return true;
  }

  function act(key) {
    const here = document.querySelector(`[data-key="${key}"]`);
    const row = document.activeElement?.closest("[data-row]");
    if (here) here.click();
    else if (row) location.assign(`${row.href}#${key}`);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      if (move(by)) event.preventDefault();
    } else if (KEYS.includes(event.key)) {
      event.preventDefault();
      act(event.key);
    } else if (event.key === "?") show("keys");
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-show]");
    if (opener) show(opener.dataset.show);
    const closer = event.target.closest("[data-close]");
    const panel = document.getElementById("act");
    if (closer && panel?.contains(closer)) {
      event.preventDefault();
      panel.replaceChildren();
    }
  });

  // ── drafts

  function forgetAll() {
    Object.keys(sessionStorage)
      .filter((key) => key.startsWith(DRAFT))
      .forEach((key) => sessionStorage.removeItem(key));
  }

  function restore() {
    document.querySelectorAll("textarea[data-draft]").forEach((area) => {
      const kept = sessionStorage.getItem(DRAFT + area.dataset.draft);
      if (kept && !area.value) area.value = kept;
    });
  }

  function forgetHere(within = document) {
    within.querySelectorAll?.("textarea[data-draft]").forEach((area) => sessionStorage.removeItem(DRAFT + area.dataset.draft));
  }

  if (me && sessionStorage.getItem(OWNER) !== me) {
    forgetAll();
    sessionStorage.setItem(OWNER, me);
  }

  document.addEventListener("input", (event) => {
    const kept = event.target.dataset?.draft;
    if (kept) sessionStorage.setItem(DRAFT + kept, event.target.value);
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-forgets]")) forgetAll();
  });

  // Done, and not merely sent to sign in again.
  document.addEventListener("htmx:afterRequest", (event) => {
    const leads = event.detail.xhr?.getResponseHeader("HX-Redirect");
    if (!leads || leads.startsWith("/console/sign-in")) return;
    forgetHere(event.detail.elt);
  });

  // ── what somebody does on a case, where it has just been opened

  // Not only when it has settled: somebody quick may be writing in another field by then.
  document.addEventListener("htmx:afterSwap", (event) => {
    restore();
    const panel = document.getElementById("act");
    if (!panel?.contains(event.target) && event.target !== panel) return;
    // Not the beginnings of messages: whoever writes at once would choose one by its first letter.
    const first = panel.querySelector("[role=alert], textarea, input:not([type=hidden]), select:not([data-fills])");
    // The whole of it: on a phone a form without a field would open below what is seen. (The page scrolls smoothly: to
    // scroll to what has the focus, too, would end that on its way.)
    (first && !first.matches("[role=alert]") ? first : panel.querySelector("[data-focus]"))?.focus({ preventScroll: true });
    panel.firstElementChild?.scrollIntoView({ block: "nearest" });
  });

  document.addEventListener("change", (event) => {
    const fills = event.target.dataset?.fills;
    if (!fills || !event.target.value) return;
    const area = event.target.form.elements[fills];
    area.value = area.value ? `${area.value}\n${event.target.value}` : event.target.value;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });

  // htmx is ready by then.
  document.addEventListener("DOMContentLoaded", () => {
    // A page that says it was done came from its own form: nothing of it is left to be sent.
    if (document.querySelector(".message--done")) forgetHere();
    restore();
    const wanted = location.hash.slice(1);
    if (!KEYS.includes(wanted)) return;
    history.replaceState(null, "", location.pathname);
    act(wanted);
  });
})();
