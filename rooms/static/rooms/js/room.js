// The form of a room: characters left, unsaved changes, keys. The form also works without it.
"use strict";

(() => {
  const form = document.querySelector("form[data-room-form]");
  if (!form) return;

  // --- The browser asks before the user leaves unsaved changes.
  const LEFT_OUT = ["csrfmiddlewaretoken", "zone", "show_zone"];
  const snapshot = () => {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      if (!LEFT_OUT.includes(name)) (found[name] ??= []).push(value);
    }
    return found;
  };
  // A form that came back with errors was not saved.
  const saved = "unsaved" in form.dataset ? null : snapshot();
  const note = form.querySelector("[data-unsaved-note]");
  let leaving = false;
  const entered = () => {
    const now = snapshot();
    const names = new Set([...Object.keys(now), ...Object.keys(saved)]);
    return [...names].filter((name) => `${now[name]}` !== `${saved[name]}`);
  };
  const isDirty = () => note !== null && (saved === null || entered().length > 0);
  const showDirty = () => {
    if (note) note.hidden = !isDirty();
  };
  form.addEventListener("input", showDirty);
  form.addEventListener("change", showDirty);
  showDirty();
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && isDirty()) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
  // drafts.js keeps the entries while preferences are saved.
  form.addEventListener("draft:kept", () => {
    leaving = true;
  });

  // --- Another time zone: the server sends the times again, and the fields without entries count
  // as unchanged.
  const zone = document.getElementById("id_show_zone");
  let asked = zone?.value;
  let sent = {};
  const showInZone = () => {
    if (zone.value === asked) return;
    asked = zone.value;
    form.querySelector("[name=rezone]").click();
  };
  form.querySelector("[name=rezone]")?.addEventListener("click", () => {
    sent = snapshot();
  });
  // The summary does not follow the selector: its times are still in the old zone.
  for (const kind of ["input", "change"]) {
    zone?.addEventListener(kind, (event) => {
      event.stopPropagation();
      const chosen = event.inputType === undefined || event.inputType === "insertReplacementText";
      if (chosen) showInZone();
    });
  }
  zone?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    showInZone();
  });
  const isSchedule = (event) => event.detail.target?.id === "schedule";
  let typed = [];
  let late = {};
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (!isSchedule(event)) return;
    if (saved) typed = entered();
    // Entries that were made while the server answered.
    const now = snapshot();
    late = Object.fromEntries(Object.entries(now).filter(([name, value]) => `${value}` !== `${sent[name]}`));
  });
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    if (!isSchedule(event)) return;
    for (const input of event.detail.target.querySelectorAll("input:not([type=radio])")) {
      if (input.name in late) [input.value] = late[input.name];
    }
    const now = snapshot();
    for (const name of saved ? new Set([...Object.keys(now), ...Object.keys(saved)]) : []) {
      if (!typed.includes(name)) saved[name] = now[name];
    }
    asked = zone.value = form.elements.zone.value;
    for (const input of document.querySelectorAll("form[data-preferences] [name=zone]")) input.value = asked;
    showDirty();
  });

  // --- The server reports all errors at once. The browser would send an incomplete date as an
  // empty value, which would clear the schedule, so that one error is reported here.
  form.noValidate = true;
  form.addEventListener("submit", (event) => {
    const unreadable = [...form.elements].find((input) => input.validity?.badInput);
    if (unreadable) {
      event.preventDefault();
      unreadable.reportValidity();
      return;
    }
    leaving = true;
  });

  // --- Characters left. The browser would cut off pasted text, so this script only counts.
  const { sayLeft, sayOver } = form.dataset;
  for (const input of form.querySelectorAll("input[maxlength], textarea[maxlength]")) {
    const most = input.maxLength;
    input.removeAttribute("maxlength");
    const left = document.createElement("p");
    left.className = "left";
    document.getElementById(`${input.id}_helptext`)?.before(left);
    const tell = () => {
      const rest = most - [...input.value].length;
      left.textContent = (rest < 0 ? sayOver : sayLeft).replace("%", String(Math.abs(rest)));
      left.classList.toggle("over", rest < 0);
      left.classList.toggle("near", rest >= 0 && rest <= most / 10);
    };
    input.addEventListener("input", tell);
    tell();
  }

  // --- Keys: Ctrl or Cmd with S saves; Esc goes back when there are no unsaved changes.
  document.addEventListener("keydown", (event) => {
    const save = form.querySelector("[data-save]");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && save) {
      event.preventDefault();
      save.click();
    }
    const busy =
      event.target.closest("input, select, textarea") ||
      document.querySelector("dialog[open], details.menu[open], :popover-open");
    if (event.key === "Escape" && !busy && !isDirty()) {
      document.querySelector("[data-back]")?.click();
    }
  });

  document.getElementById("summary")?.focus();

  // --- A part that did not change stays: a screen reader would read it twice.
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.innerHTML.trim() === fragment.innerHTML?.trim()) event.detail.shouldSwap = false;
  });
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    const target = event.detail.target;
    if (!target?.id?.endsWith("_hint")) return;
    const wrong = target.querySelector(".errors") !== null;
    target.closest(".field")?.classList.toggle("wrong", wrong);
    const input = document.getElementById(target.id.replace(/_hint$/, ""));
    if (input?.matches("input, select, textarea")) {
      if (wrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  });
})();
