// Links back to a list lead to the list of this tab, at its position, with the focus on the row that was opened.
"use strict";

(() => {
  const { person } = document.body.dataset;
  const read = (key) => JSON.parse(sessionStorage.getItem(key) ?? "null");
  const keep = (key, value) => sessionStorage.setItem(key, JSON.stringify(value));
  const here = () => location.pathname + location.search;
  const seen = () => {
    const kept = read("lists");
    return kept && kept.person === person ? kept.lists : [];
  };
  const lists = seen();
  const head = document.querySelector("h1[data-list]");

  if (head) {
    rememberList();
    restorePosition();
  }
  for (const link of document.querySelectorAll("a[data-back]")) {
    const paths = link.dataset.back.split(" ");
    const list = lists.find((one) => paths.includes(one.path));
    if (!list) continue;
    link.setAttribute("href", list.address);
    if (link.dataset.says) link.textContent = list[link.dataset.says];
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-back]");
    if (link) keep("returns", link.getAttribute("href"));
  });

  function rememberList() {
    let row = null;
    const note = (event) => {
      const link = event.target.closest("main tbody a[href]");
      if (link) row = link.getAttribute("href");
    };
    document.addEventListener("click", note, true);
    window.addEventListener("pagehide", () => {
      const { pathname: path } = location;
      const words = { title: head.textContent.trim(), back: head.dataset.list };
      const mine = { path, address: here(), top: scrollY, row, ...words };
      keep("lists", { person, lists: [mine, ...seen().filter((one) => one.path !== path)] });
    });
  }

  function restorePosition() {
    const list = lists.find((one) => one.address === here());
    const isReturn = read("returns") === here();
    sessionStorage.removeItem("returns");
    const [navigation] = performance.getEntriesByType("navigation");
    if (!list || !(isReturn || navigation?.type === "back_forward")) return;
    if (isReturn) scrollTo(0, list.top);
    const links = [...document.querySelectorAll("main tbody a[href]")];
    const row = list.row && links.find((link) => link.getAttribute("href") === list.row);
    row?.focus({ preventScroll: !isReturn });
  }
})();
