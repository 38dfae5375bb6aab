// Conveniences of the form of a bulk change: what is typed is meant, so its box is ticked.
"use strict";

(() => {
  const input = (ask) => ask.querySelector(".field :is(input, select, textarea)");
  // One of several pictures, or the one input; of the pictures, the first stands for none.
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
      // Not changed after all: what was typed is not to be asked about again.
      unsay(ask);
      if (clear) clear.checked = false;
    }
  });

  const sizes = document.querySelector("[data-most]");
  document.querySelector("[data-import] [type=file]")?.addEventListener("change", (event) => {
    const [file] = event.target.files;
    sizes.hidden = !file || file.size <= Number(sizes.dataset.most);
  });
})();
