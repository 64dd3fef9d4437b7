// What the pages cannot do without a script: ask before something is done, send a form once, open the menu on a phone.
// Keys and drafts are in working.js.
(() => {
  "use strict";

  const ask = document.getElementById("ask");

  // Resolves to whether the person said yes.
  function confirmed(words) {
    document.getElementById("ask-words").textContent = words;
    ask.returnValue = "no";
    ask.showModal();
    return new Promise((resolve) => {
      ask.addEventListener("close", () => resolve(ask.returnValue === "yes"), { once: true });
    });
  }

  // A form with data-confirm; sent once, however often somebody clicks.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    // A button that only changes the form asks nothing.
    const unasked = event.submitter?.hasAttribute("data-unasked");
    if (form.dataset.confirm && !form.dataset.confirmed && !unasked) {
      event.preventDefault();
      if (!(await confirmed(form.dataset.confirm))) return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
      return;
    }
    if (form.method === "post") form.dataset.sent = "yes";
  });

  // hx-confirm
  document.addEventListener("htmx:confirm", async (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    if (await confirmed(event.detail.question)) event.detail.issueRequest(true);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-back]")) history.back();
    if (event.target.closest("[data-print]")) print();
    const checking = event.target.closest("[data-check]");
    checking?.form.querySelectorAll(checking.dataset.check).forEach((box) => (box.checked = true));
  });

  // A page that comes back from the browser's memory may send its forms again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // What a page asks for by itself and is refused for good (signed out, no right any more, gone): said in its place, which asks
  // no more. Everything else stays on the page, a text half written too.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (!requestConfig.headers["X-Background"] || ![401, 403, 404].includes(xhr.status)) return;
    Object.assign(event.detail, { shouldSwap: true, target: requestConfig.elt, swapOverride: "outerHTML" });
  });

  // On a phone the menu opens with a button; where there is room it is always there.
  const button = document.querySelector("[data-menu] > button");
  button?.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
  });
})();
