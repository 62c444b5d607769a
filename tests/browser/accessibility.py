"""Own checks of WCAG 2.2 AA that a machine can do, run inside the page on what is really shown. Each gives a list of
complaints; an empty list is good."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

WIDGETS = {"button", "textbox", "searchbox", "combobox", "ComboBoxSelect", "checkbox", "radio", "meter", "link", "log", "group",
           "radiogroup", "list", "region", "slider", "spinbutton"}

STRUCTURE = """() => {
  const wrong = [];
  const all = [...document.querySelectorAll('*')];
  const ids = all.map((e) => e.id).filter(Boolean);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => wrong.push(`id ${id} is there twice`));
  for (const e of all) {
    for (const name of ['aria-labelledby', 'aria-describedby', 'for']) {
      for (const id of (e.getAttribute(name) ?? '').split(/\\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) wrong.push(`${name}=${id} leads nowhere`);
      }
    }
    if (e.tabIndex > 0) wrong.push(`${e.tagName} has a positive tabindex`);
    if (e.getAttribute('style') !== null && !e.closest('svg')) wrong.push(`${e.tagName} has a style attribute`);
    if (e.closest('a button, button a, label label')) wrong.push(`${e.tagName} is nested`);
  }
  for (const [name, count] of [['h1', 1], ['main', 1], ['header', 1], ['footer', 1]]) {
    if (document.querySelectorAll(name).length !== count) wrong.push(`not exactly ${count} ${name}`);
  }
  let before = 0;
  for (const h of document.querySelectorAll('h1, h2, h3, h4')) {
    const level = Number(h.tagName[1]);
    if (level > before + 1) wrong.push(`${h.tagName} ${h.textContent} skips a level`);
    before = level;
  }
  if (!document.documentElement.lang || !document.title) wrong.push('no lang or no title');
  for (const log of document.querySelectorAll('[role=log]')) if (!log.getAttribute('aria-live')) wrong.push('log is not live');
  return wrong;
}"""

CONTRAST = """() => {
  const wrong = [];
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  const rgba = (css) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = css;
    brush.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
  const background = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const light = (c) => {
    const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  let looked = 0;
  for (const e of document.querySelectorAll('body *')) {
    const style = getComputedStyle(e);
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!e.checkVisibility({ visibilityProperty: true }) || e.disabled) continue;
    if (own && !e.closest('.hidden')) {
      looked += 1;
      const size = parseFloat(style.fontSize);
      const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
      const under = background(e);
      const found = ratio(over(rgba(style.color), under), under);
      if (found < least) wrong.push(`${e.tagName}.${e.className} "${e.textContent.trim().slice(0, 30)}": ${found.toFixed(2)}`);
    }
    if (e.matches('input:not([type=checkbox], [type=radio]), select')) {
      const found = ratio(rgba(style.borderTopColor).slice(0, 3), background(e.parentElement));
      if (found < 3) wrong.push(`border of ${e.id}: ${found.toFixed(2)}`);
    }
  }
  if (looked < 40) wrong.push(`only ${looked} texts were looked at`);
  return wrong;
}"""

TARGETS = """() => [...document.querySelectorAll('button, input, select, summary')].filter((e) => e.checkVisibility()).map((e) => {
  const box = (e.matches('[type=checkbox], [type=radio]') ? e.closest('label') : e).getBoundingClientRect();
  return [e.id || e.textContent.trim(), box.width, box.height];
}).filter(([, width, height]) => width < 24 || height < 24)"""

OVERFLOW = """() => {
  const wide = document.scrollingElement.clientWidth;
  const out = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && !e.closest('.hidden, .skip')
    && e.getBoundingClientRect().right > wide + 0.5).map((e) => `${e.tagName}#${e.id} ${e.textContent.trim().slice(0, 20)}`);
  if (document.scrollingElement.scrollWidth > wide) out.push(`page is ${document.scrollingElement.scrollWidth} wide`);
  return out;
}"""


def complaints(page: Page) -> list[Any]:
    """Everything but the names of widgets and the width."""
    return [*page.evaluate(STRUCTURE), *page.evaluate(CONTRAST), *page.evaluate(TARGETS)]


def nameless(page: Page) -> list[str]:
    """Widgets without an accessible name, by the browser's own computation."""
    client = page.context.new_cdp_session(page)
    nodes = client.send("Accessibility.getFullAXTree")["nodes"]
    shown = [n for n in nodes if not n.get("ignored") and n.get("role", {}).get("value") in WIDGETS]
    assert len(shown) > 30, "the accessibility tree is too small to be the page's"
    unnamed = [n["role"]["value"] for n in shown if not n.get("name", {}).get("value", "").strip()]
    return [role for role in unnamed if role != "list"]  # the list of lines stands in a named log
