// What the pages do beyond plain HTML: keys, and the form's token on requests by htmx. Without it everything still works.
"use strict";

(() => {
  const places = { m: "/", h: "/today", k: "/customers", z: "/review", q: "/sources" };
  let waitsForPlace = false;

  const isWriting = (target) =>
    target.isContentEditable ||
    (/^(input|textarea|select)$/i.test(target.tagName) && !/^(checkbox|radio)$/.test(target.type));

  const keysAreOff = () => document.documentElement.dataset.keys === "off";

  // A key that stands on a control of this page, as `aria-keyshortcuts` tells screen readers too.
  const press = (key) => {
    for (const control of document.querySelectorAll("[aria-keyshortcuts]")) {
      if (control.getAttribute("aria-keyshortcuts").toLowerCase() !== key) continue;
      if (control.matches("input")) control.focus();
      else control.click();
      return true;
    }
    return false;
  };

  // Up and down go through the results of a list, or the entries of a queue.
  const move = (step) => {
    const rows = [...document.querySelectorAll("[data-rows] a[data-row]")];
    if (!rows.length) return false;
    const focused = rows.indexOf(document.activeElement);
    const at = focused < 0 ? rows.findIndex((row) => row.hasAttribute("aria-current")) : focused;
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
    rows[Math.max(0, Math.min(rows.length - 1, next))].focus();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const writing = isWriting(event.target);
    // A field that says so sends its form by Enter; Shift begins a new line.
    if (event.key === "Enter" && !event.shiftKey && event.target.matches("[data-enter]")) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (event.key === "Escape" && writing) event.target.blur();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const inSearch = event.target.matches("input[type=search]");
      const inChoice = event.target.matches("input[type=radio]");
      if ((inSearch || !(writing || inChoice)) && move(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
      return;
    }
    if (writing || keysAreOff()) return;
    const key = event.key.toLowerCase();
    if (waitsForPlace) {
      waitsForPlace = false;
      if (places[key]) { event.preventDefault(); location.assign(places[key]); }
      return;
    }
    if (key === "g") { waitsForPlace = true; return; }
    if (key === "?") { event.preventDefault(); location.assign("/keys"); return; }
    if (press(key)) event.preventDefault();
  });

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("input[name=_csrf_token]");
    if (token) event.detail.headers["x-csrftoken"] = token.value;
  });

  // A page that changes by itself: its stream only says that something did, and the page asks what. Where no stream is
  // to be had, it asks every few seconds.
  for (const changing of document.querySelectorAll("[data-stream]")) {
    const ask = () => changing.dispatchEvent(new CustomEvent("told"));
    const stream = new EventSource(changing.dataset.stream);
    stream.addEventListener("change", ask);
    stream.addEventListener("error", () => {
      if (stream.readyState !== EventSource.CLOSED || changing.dataset.asks) return;
      changing.dataset.asks = "yes";
      setInterval(ask, 5000);
    });
    addEventListener("pagehide", () => stream.close());
  }

  // A form is sent once: a key that is hit twice must not answer what comes next, or the same thing again.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
    setTimeout(() => delete event.target.dataset.sent, 3000);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  const wrong = document.querySelector("[aria-invalid=true]");
  if (wrong) wrong.focus();
})();
