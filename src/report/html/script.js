// What the page can do with a script and does without: choose the colours, narrow the findings down, follow links to
// folded findings. It never writes markup.
"use strict";
(() => {
  const page = document.documentElement;
  const byId = (id) => document.getElementById(id);

  // Colours: as the system has them, or as the reader chose. A browser that keeps nothing for this page forgets.
  const themes = { auto: "automatic", light: "light", dark: "dark" };
  const kept = (read) => {
    try {
      return read(localStorage);
    } catch {
      return null;
    }
  };
  const theme = byId("theme");
  const paint = (name) => {
    page.dataset.theme = name;
    theme.textContent = `Colours: ${themes[name]}`;
  };
  const saved = kept((store) => store.getItem("driftgate-theme"));
  paint(saved in themes ? saved : "auto");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const names = Object.keys(themes);
    const next = names[(names.indexOf(page.dataset.theme) + 1) % names.length];
    paint(next);
    kept((store) => store.setItem("driftgate-theme", next));
  });

  // Narrowing down.
  const filter = byId("filter");
  const list = byId("list");
  const text = byId("text");
  const choices = ["category", "host", "status"].map(byId);
  const severities = filter ? [...filter.querySelectorAll("input[name=severity]")] : [];
  const findings = list ? [...list.querySelectorAll("details.finding")].map((element) => ({ element })) : [];
  const folds = list ? [...list.querySelectorAll("article, section")].reverse() : [];

  /** All words of a finding, its resource's and its hosts' among them, made when they are first searched. */
  const words = (finding) => {
    if (finding.words === undefined) {
      const { element } = finding;
      const heading = (outer, inner) =>
        element.closest(outer)?.querySelector(`:scope > ${inner}`)?.textContent ?? "";
      const around = [heading(".resource", "header"), heading(".group", "h3")];
      finding.words = [element.textContent, ...around].join("\n").toLowerCase();
    }
    return finding.words;
  };

  const wanted = () => {
    const [category, host, status] = choices.map((choice) => choice?.value ?? "");
    const levels = new Set(severities.filter((box) => box.checked).map((box) => box.value));
    const terms = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const holds = (value, name) => name === "" || (value ?? "").split(" ").includes(name);
    return (finding) => {
      const { severity, category: own, status: has, hosts } = finding.element.dataset;
      return (
        levels.has(severity) &&
        (category === "" || category === own) &&
        holds(has, status) &&
        holds(hosts, host) &&
        terms.every((term) => words(finding).includes(term))
      );
    };
  };

  /** Works in slices, so that thousands of findings never keep a key press waiting; a newer task of a name ends the older. */
  const latest = { narrow: 0, fold: 0 };
  const slices = (task, items, each, done) => {
    const mine = ++latest[task];
    let at = 0;
    list.setAttribute("aria-busy", "true");
    const slice = () => {
      if (mine !== latest[task]) return;
      const until = performance.now() + 10;
      while (at < items.length && performance.now() < until) each(items[at++]);
      if (at < items.length) {
        setTimeout(slice);
        return;
      }
      done();
      list.setAttribute("aria-busy", "false");
    };
    slice();
  };

  const narrow = () => {
    const fits = wanted();
    let shown = 0;
    slices(
      "narrow",
      findings,
      (finding) => {
        const fit = fits(finding);
        shown += fit ? 1 : 0;
        if (finding.element.hidden === fit) finding.element.hidden = !fit;
      },
      () => {
        // Inner groups first, so that an outer one sees what became of them.
        for (const fold of folds) {
          const children = fold.querySelectorAll(":scope > article, :scope > details");
          fold.hidden = [...children].every((child) => child.hidden);
        }
        byId("shown").textContent = `${shown} of ${findings.length} findings shown`;
      },
    );
  };

  const reset = () => {
    text.value = "";
    for (const choice of choices) if (choice) choice.value = "";
    for (const box of severities) box.checked = true;
    narrow();
  };

  if (filter) {
    filter.hidden = false;
    filter.addEventListener("input", narrow);
    byId("reset").addEventListener("click", reset);
    const fold = (open) => () => {
      const shown = findings.filter((finding) => !finding.element.hidden);
      slices("fold", shown, (finding) => (finding.element.open = open), () => {});
    };
    byId("unfold").addEventListener("click", fold(true));
    byId("fold").addEventListener("click", fold(false));
    document.addEventListener("keydown", (event) => {
      const typing = event.target instanceof Element && event.target.closest("input, select, textarea");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        text.focus();
      }
    });
    narrow();
  }

  // A link to a finding unfolds it, and shows it whatever is filtered.
  const reveal = () => {
    const target = location.hash.length > 1 ? byId(location.hash.slice(1)) : null;
    if (!target?.matches("details.finding")) return;
    target.open = true;
    for (let one = target; one && one !== list; one = one.parentElement) one.hidden = false;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // Paper holds everything. Browsers that can unfold by style do it by themselves.
  if (!CSS.supports("selector(::details-content)")) {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = [...document.querySelectorAll("details:not([open])")];
      for (const details of opened) details.open = true;
    });
    addEventListener("afterprint", () => {
      for (const details of opened) details.open = false;
      opened = [];
    });
  }
})();
