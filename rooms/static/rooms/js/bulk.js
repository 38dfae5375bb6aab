// The form of a bulk change: a value that the user types ticks the box of its field, and presets
// fill in a shift.
"use strict";

(() => {
  const input = (ask) => ask.querySelector(".field :is(input, select, textarea)");
  // A field is one input or a choice of layouts; the first layout means no value.
  const pictures = (ask) => [...ask.querySelectorAll(".choices input")];
  const said = (ask) => (pictures(ask).find((one) => one.checked) ?? input(ask)).value;
  const unsay = (ask) => {
    if (pictures(ask).length) pictures(ask)[0].checked = true;
    else input(ask).value = "";
  };

  document.addEventListener("input", (event) => {
    const ask = event.target.closest("[data-ask]");
    if (!ask || event.target.closest(".tick")) return;
    const tick = ask.querySelector(".tick input");
    const clear = ask.querySelector(".clear input");
    if (event.target === clear && clear.checked) unsay(ask);
    else if (clear && event.target !== clear && said(ask)) clear.checked = false;
    tick.checked = said(ask) !== "" || Boolean(clear?.checked);
  });

  document.addEventListener("change", (event) => {
    const tick = event.target.closest(".tick input");
    const ask = tick?.closest("[data-ask]");
    if (!ask) return;
    const clear = ask.querySelector(".clear input");
    if (tick.checked) input(ask).focus();
    else {
      // The field is not changed, so its value must not reach the server.
      unsay(ask);
      if (clear) clear.checked = false;
    }
  });

  // A preset of the shift fills in its length and its direction; the server does so without scripts.
  document.addEventListener("click", (event) => {
    const preset = event.target.closest("button[name=preset]");
    if (!preset) return;
    event.preventDefault();
    const { elements } = preset.form;
    for (const [name, value] of Object.entries(preset.dataset)) elements[name].value = value;
    for (const one of preset.form.querySelectorAll("button[name=preset]")) {
      one.setAttribute("aria-pressed", String(one === preset));
    }
    elements.hours.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("input", (event) => {
    if (!event.isTrusted || !event.target.closest(".shift-line :is(.far, .way)")) return;
    for (const one of document.querySelectorAll("button[aria-pressed=true]")) {
      one.setAttribute("aria-pressed", "false");
    }
  });

  const sizes = document.querySelector("[data-most]");
  document.querySelector("[data-import] [type=file]")?.addEventListener("change", (event) => {
    const [file] = event.target.files;
    sizes.hidden = !file || file.size <= Number(sizes.dataset.most);
  });
})();
