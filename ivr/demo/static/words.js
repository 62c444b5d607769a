// The page's words in the language the reader chose. Elements name their word; nothing is written in code.

export class Words {
  constructor({ words, title, language }) {
    Object.assign(this, { all: words, title, language });
  }

  of(key, values = {}) {
    const text = this.all[this.language][key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  has(key) {
    return key in this.all[this.language];
  }

  // Names the word that an element shows, so that it follows the language from now on.
  put(element, key) {
    element.dataset.word = key;
    element.textContent = this.of(key);
  }

  use(language) {
    this.language = language;
    document.documentElement.lang = language;
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = this.of(element.dataset.word);
    for (const element of document.querySelectorAll("[data-word-label]")) {
      element.setAttribute("aria-label", this.of(element.dataset.wordLabel));
    }
    for (const element of document.querySelectorAll("[data-word-placeholder]")) {
      element.placeholder = this.of(element.dataset.wordPlaceholder);
    }
    const title = this.title[language] ?? Object.values(this.title)[0];
    document.getElementById("title").textContent = title;
    document.title = `${title} · ${this.of("tagline")}`;
  }
}
