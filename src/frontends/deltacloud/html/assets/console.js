// What a page does besides when scripts run. Every page works without: this only saves waiting, loading and doubt.
"use strict";

(() => {
  // How often a page looks whether what was going on is over, in milliseconds.
  const EVERY = 3000;
  // After this many vain looks in a row, only every fourth turn looks.
  const PATIENT = 40;

  const content = () => document.getElementById("content");
  const say = (text) => {
    const live = document.getElementById("live");
    if (live && live.textContent !== text) live.textContent = text;
  };

  const load = async (url) => {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { ok: answer.ok, status: answer.status, main: page.getElementById("content") };
  };

  // States refresh themselves while something is on its way.
  const states = (root) => [...root.querySelectorAll(".pill")].map((pill) => pill.textContent.trim());
  const isBusyWithIt = () => {
    const at = document.activeElement;
    const types = at && at.closest("#content") && at.matches("input, select, textarea");
    return types || document.hidden || document.querySelector("dialog[open]");
  };

  let looks = 0;
  const refresh = async () => {
    looks += 1;
    const main = content();
    if (!main || !main.querySelector(".pill.busy") || isBusyWithIt()) return;
    if (looks > PATIENT && looks % 4) return;
    try {
      const { ok, status, main: fresh } = await load(location.href);
      if (status === 404) return location.assign(document.body.dataset.up || location.href);
      if (!ok || !fresh || isBusyWithIt()) return;
      if (fresh.innerHTML === main.innerHTML) return;
      const before = states(main);
      const focused = document.activeElement && document.activeElement.id;
      main.replaceChildren(...document.adoptNode(fresh).childNodes);
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
      const changed = states(main).filter((state, at) => state !== before[at]);
      if (changed.length) say(`State: ${changed.join(", ")}`);
    } catch {
      say("The page cannot be refreshed at the moment.");
    }
  };
  setInterval(refresh, EVERY);

  // What destroys is confirmed in a dialog instead of on a page of its own.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-confirm]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    try {
      const { ok, main } = await load(link.href);
      const panel = main && main.querySelector("#confirm");
      if (!ok || !panel) return location.assign(link.href);
      const dialog = document.createElement("dialog");
      dialog.setAttribute("aria-labelledby", "confirm-title");
      dialog.append(...document.adoptNode(panel).childNodes);
      dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
      dialog.querySelector("[data-cancel]")?.addEventListener("click", (cancel) => {
        cancel.preventDefault();
        dialog.close();
      });
      document.body.append(dialog);
      dialog.showModal();
      dialog.querySelector("[data-cancel]")?.focus();
    } catch {
      location.assign(link.href);
    }
  });

  // What is sent is sent once, and it is seen that it is on its way.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const button = event.submitter || form.querySelector("button");
    button?.setAttribute("aria-busy", "true");
    say("Sending…");
    const file = form.querySelector("input[type=file]");
    if (file && file.files.length) {
      event.preventDefault();
      upload(form, button);
    }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
  });

  // A file that goes up says how far it has come.
  const upload = (form, button) => {
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.setAttribute("aria-label", "How far the file has gone up");
    button.before(bar);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.upload.onprogress = (at) => { if (at.lengthComputable) bar.value = at.loaded / at.total; };
    request.onload = () => {
      if (request.status < 300) return location.assign(request.responseURL);
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const fresh = page.getElementById("content");
      if (!fresh) return location.assign(request.responseURL);
      content().replaceChildren(...document.adoptNode(fresh).childNodes);
      document.querySelector("[aria-invalid], #problem")?.focus();
    };
    request.onerror = () => {
      bar.remove();
      delete form.dataset.sent;
      button.removeAttribute("aria-busy");
      say("The file did not arrive. Try again.");
    };
    request.send(new FormData(form));
  };

  // On a page that came back with a problem, the problem is where one starts.
  document.querySelector("[aria-invalid=true], #problem")?.focus();
})();
