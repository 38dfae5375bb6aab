// Buttons that copy a text of the page: <button data-copy="id of the text">.
"use strict";

(() => {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const shown = document.getElementById(button.dataset.copy);
    if (!(await copied(shown))) return;
    // The button has the focus, so a screen reader speaks its new name.
    button.textContent = button.dataset.copied;
    button.setAttribute("aria-live", "polite");
  });

  async function copied(shown) {
    getSelection().selectAllChildren(shown);
    try {
      await navigator.clipboard.writeText(shown.textContent);
      return true;
    } catch {
      // Without HTTPS there is no clipboard; the text stays selected if this fails, too.
      return document.execCommand("copy");
    }
  }
})();
