// Conveniences of the form of a bulk change: what is typed is meant, so its box is ticked.
"use strict";

(() => {
  document.addEventListener("input", (event) => {
    const ask = event.target.closest("[data-ask]");
    if (!ask || event.target.closest(".tick")) return;
    const tick = ask.querySelector(".tick input");
    const clear = ask.querySelector(".clear input");
    const value = ask.querySelector(".field :is(input, select, textarea)");
    if (event.target === clear && clear.checked) value.value = "";
    else if (clear && event.target !== clear && value.value) clear.checked = false;
    tick.checked = value.value !== "" || Boolean(clear?.checked);
  });

  document.addEventListener("change", (event) => {
    const tick = event.target.closest(".tick input");
    const ask = tick?.closest("[data-ask]");
    if (!ask) return;
    const value = ask.querySelector(".field :is(input, select, textarea)");
    const clear = ask.querySelector(".clear input");
    if (tick.checked) value.focus();
    else {
      // Not changed after all: what was typed is not to be asked about again.
      value.value = "";
      if (clear) clear.checked = false;
    }
  });

  const sizes = document.querySelector("[data-most]");
  document.querySelector("[data-import] [type=file]")?.addEventListener("change", (event) => {
    const [file] = event.target.files;
    sizes.hidden = !file || file.size <= Number(sizes.dataset.most);
  });
})();
