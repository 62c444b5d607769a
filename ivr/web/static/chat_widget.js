/* The chat of this service on any web page. One tag is all:
     <script src="https://YOUR-SERVER/chat/widget.js" data-line="chat" async></script>
   data-line      name of the chat line; data-language  en or es, else the page's own language
   data-target    selector of an element to stand in; else a button in the corner opens it; data-open  begins open
   Everything is in a shadow tree with a style sheet of its own; no cookie, no inline style, no other script. */
(() => {
  'use strict';
  const script = document.currentScript;
  const base = new URL(script.src).origin;
  const line = script.dataset.line || '';
  const KEY = `frontline-chat:${base}:${line}`;
  const WORDS = {
    en: {
      open: 'Chat with us', close: 'Close the chat', log: 'Conversation', label: 'Your message', send: 'Send', caller: 'You said:',
      system: 'Assistant said:', agent: 'Representative said:', note: 'Notice:', typing: 'The assistant is writing', choices: 'Answers to choose from',
      other: 'Español', end: 'End the chat', again: 'Start a new chat', ended: 'This chat has ended.', waiting: 'You are waiting for a person.',
      leave: 'Stop waiting', agentHere: 'You are talking with a person.', offline: 'No connection. Your words are kept and will be sent.',
      online: 'Connected again.', busy: 'This is not possible right now. Please try again in a minute.', slow: 'Please wait a moment, then go on.',
      gone: 'This chat is over. You can start a new one.', starting: 'Opening the chat', unsent: 'not sent yet', tab: 'opens in a new tab',
    },
    es: {
      open: 'Hable por chat', close: 'Cerrar el chat', log: 'Conversación', label: 'Su mensaje', send: 'Enviar', caller: 'Usted dijo:',
      system: 'El asistente dijo:', agent: 'El representante dijo:', note: 'Aviso:', typing: 'El asistente está escribiendo',
      choices: 'Respuestas para elegir', other: 'English', end: 'Terminar el chat', again: 'Empezar otro chat', ended: 'Este chat ha terminado.',
      waiting: 'Está esperando a una persona.', leave: 'Dejar de esperar', agentHere: 'Está hablando con una persona.',
      offline: 'Sin conexión. Sus palabras se guardan y se enviarán.', online: 'Conectado de nuevo.',
      busy: 'Ahora no es posible. Inténtelo de nuevo en un minuto.', slow: 'Espere un momento y luego siga.',
      gone: 'Este chat terminó. Puede empezar otro.', starting: 'Abriendo el chat', unsent: 'sin enviar', tab: 'se abre en otra pestaña',
    },
  };
  const STYLE = `
    :host([hidden]){display:none!important}
    :host{all:initial;font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;color:#1b1b1b}
    *{box-sizing:border-box}
    button,textarea{font:inherit;color:inherit}
    button{min-height:44px;min-width:44px;padding:.5rem .875rem;border-radius:6px;border:2px solid #005ea2;background:#fff;color:#005ea2;cursor:pointer}
    button.main{background:#005ea2;color:#fff}
    button:hover{background:#d9e8f6;color:#1a4480}
    button.main:hover{background:#1a4480;color:#fff}
    :focus-visible{outline:3px solid #1a4480;outline-offset:2px;box-shadow:0 0 0 2px #fff}
    button[disabled]{opacity:1;background:#fff;color:#565c65;border-color:#565c65;cursor:default}
    .vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    .launch{position:fixed;right:1rem;bottom:1rem;z-index:2147483000;border-radius:2rem;box-shadow:0 2px 8px #0006}
    .panel{display:flex;flex-direction:column;background:#fff;border:1px solid #565c65;border-radius:8px;overflow:auto;height:min(38rem,100%)}
    .float .panel{position:fixed;right:1rem;bottom:1rem;z-index:2147483001;width:min(24rem,calc(100vw - 2rem));height:min(36rem,calc(100vh - 2rem));box-shadow:0 4px 24px #0006}
    .inline .panel{height:min(40rem,calc(100vh - 10rem));min-height:22rem}
    [hidden]{display:none!important}
    .head{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;padding:.5rem .75rem;background:#162e51;color:#fff}
    .head h2{flex:1 1 8rem;margin:0;font-size:1.0625rem}
    .head button{background:#162e51;color:#fff;border-color:#fff}
    .head button:hover{background:#fff;color:#162e51}
    .head :focus-visible{outline-color:#fff;box-shadow:none}
    .log{flex:1 1 auto;min-height:12rem;overflow-y:auto;padding:.75rem;display:flex;flex-direction:column;gap:.5rem;overflow-wrap:anywhere}
    .line{max-width:88%;padding:.5rem .75rem;border-radius:10px;white-space:pre-line}
    .system,.agent{background:#e8eef4;color:#1b1b1b;align-self:flex-start}
    .agent{background:#ecf3ec;border-left:4px solid #00622f}
    .note{background:#faf3d1;color:#1b1b1b;align-self:center}
    .caller{background:#005ea2;color:#fff;align-self:flex-end}
    .line a{color:#1a4480;text-decoration:underline}
    .caller a{color:#fff}
    .mark{display:block;font-size:.875rem}
    .choices{display:flex;flex-wrap:wrap;gap:.5rem;padding:0 .75rem .5rem}
    .state{margin:0;padding:0 .75rem;min-height:1.5rem;font-size:.9375rem;color:#3d4551}
    .dots::after{content:"";display:inline-block;width:1.5em;text-align:left;animation:dots 1.2s steps(4,end) infinite}
    @keyframes dots{0%{content:""}25%{content:"."}50%{content:".."}75%{content:"..."}}
    form{display:flex;gap:.5rem;padding:.5rem .75rem .75rem;align-items:flex-end;flex-wrap:wrap}
    .field{flex:1 1 10rem;min-width:0}
    label{display:block;font-size:.9375rem}
    textarea{display:block;width:100%;height:44px;min-height:44px;max-height:8rem;resize:vertical;border:1px solid #565c65;border-radius:6px;padding:.5rem;background:#fff}
    .foot{display:flex;flex-wrap:wrap;gap:.5rem;padding:0 .75rem .75rem}
    @media (max-width:30rem){.inline .panel{height:auto}.inline .log{height:18rem;flex:none}.float .panel{right:0;left:0;bottom:0;width:100%;height:100%;border-radius:0}}
    @media (prefers-reduced-motion:reduce){.dots::after{animation:none;content:"..."}}
    @media (forced-colors:active){.line{border:1px solid CanvasText}}`;

  // -- what is kept over a reload

  const kept = (() => {
    try { return JSON.parse(sessionStorage.getItem(KEY)) || {}; } catch { return {}; }
  })();
  const keep = (changes) => {
    Object.assign(kept, changes);
    try { sessionStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* private windows may keep nothing */ }
  };
  kept.outbox = kept.outbox || [];
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

  // -- the tree

  const el = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const target = script.dataset.target ? document.querySelector(script.dataset.target) : null;
  const host = el('div');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const launch = el('button', { type: 'button', class: 'launch main', 'aria-expanded': 'false', 'aria-controls': 'panel' });
  const title = el('h2', { id: 'title' });
  const other = el('button', { type: 'button', class: 'other' });
  const close = el('button', { type: 'button', class: 'close' }, el('span', { 'aria-hidden': 'true' }, '\u00d7'), el('span', { class: 'vh' }));
  const log = el('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', tabindex: '0' });
  const choices = el('div', { class: 'choices', role: 'group', hidden: '' });
  const state = el('p', { class: 'state', role: 'status' });
  const box = el('textarea', { id: 'words', rows: '1', maxlength: '1000', autocomplete: 'off', enterkeyhint: 'send' });
  const label = el('label', { for: 'words' });
  const send = el('button', { type: 'submit', class: 'main' });
  const form = el('form', { novalidate: '' }, el('div', { class: 'field' }, label, box), send);
  const leave = el('button', { type: 'button', class: 'leave', hidden: '' });
  const end = el('button', { type: 'button', class: 'end' });
  const again = el('button', { type: 'button', class: 'again main', hidden: '' });
  const panel = el('section', { class: 'panel', id: 'panel', 'aria-labelledby': 'title' },
    el('div', { class: 'head' }, title, other, close), log, choices, state, form, el('div', { class: 'foot' }, leave, again, end));
  const frame = el('div', { class: target ? 'inline' : 'float' }, launch, panel);
  root.append(frame);

  // -- words

  let titles = {};
  let language = kept.language || script.dataset.language || (document.documentElement.lang || 'en').slice(0, 2);
  if (!WORDS[language]) language = 'en';
  let languages = ['en', 'es'];
  const w = () => WORDS[language];
  const put = () => {
    host.lang = language;
    launch.textContent = w().open;
    title.textContent = titles[language] || w().open;
    other.textContent = w().other;
    other.lang = language === 'en' ? 'es' : 'en';
    other.hidden = languages.length < 2;
    close.lastChild.textContent = w().close;
    close.hidden = Boolean(target);
    launch.hidden = Boolean(target) || !panel.hidden;
    log.setAttribute('aria-label', w().log);
    choices.setAttribute('aria-label', w().choices);
    label.textContent = w().label;
    send.textContent = w().send;
    leave.textContent = w().leave;
    end.textContent = w().end;
    again.textContent = w().again;
  };
  const tell = (text, dots = false) => {
    state.textContent = text;
    state.classList.toggle('dots', dots);
  };

  const LINK = /\b((?:https?:\/\/|www\.)[^\s<>"']+|(?:[a-z0-9-]+\.)+(?:gov|org|com|net|edu|mil|info)(?:\/[^\s<>"']*)?)/gi;
  const linked = (text) => {
    const out = [];
    let at = 0;
    for (const found of text.matchAll(LINK)) {
      const shown = found[0].replace(/[.,;:!?)\]]+$/, '');
      if (text[found.index - 1] === '@') continue;
      out.push(text.slice(at, found.index));
      const link = el('a', { href: /^https?:/i.test(shown) ? shown : `https://${shown}`, target: '_blank', rel: 'noopener noreferrer' },
        shown, el('span', { class: 'vh' }, ` (${w().tab})`));
      out.push(link);
      at = found.index + shown.length;
    }
    return [...out, text.slice(at)];
  };

  const shown = new Map();
  const show = (who, text, lang, id) => {
    const made = el('div', { class: `line ${who}`, lang: lang || language }, el('span', { class: 'vh', lang: language }, `${w()[who]} `), ...linked(text));
    if (id) shown.set(id, made);
    log.append(made);
    log.scrollTop = log.scrollHeight;
    return made;
  };
  const mark = (id, text) => {
    const made = shown.get(id);
    if (!made) return;
    made.querySelector('.mark')?.remove();
    if (text) made.append(el('span', { class: 'mark' }, text));
  };

  // -- asking the server

  let failures = 0;
  let timer = 0;
  const ask = async (name, body) => {
    const headers = kept.token ? { Authorization: `Bearer ${kept.token}` } : {};
    const options = body ? { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) } : { headers };
    const answer = await fetch(`${base}/chat/api/${name}`, { ...options, credentials: 'omit', cache: 'no-store' });
    const read = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(read.error || 'failed'), { status: answer.status });
    if (failures) tell(w().online);
    failures = 0;
    return read;
  };
  const failed = (error) => {
    if (error.status === 404) return over(w().gone);
    if (error.status === 429) tell(w().slow);
    else if (error.status === 503) tell(w().busy);
    else tell(error.status ? w().busy : w().offline);
    failures += 1;
    return undefined;
  };

  const take = (answer) => {
    for (const each of answer.lines || []) {
      if (each.seq <= (kept.after || 0)) continue;
      keep({ after: each.seq });
      if (each.id && shown.has(each.id)) {
        mark(each.id, '');
        continue;
      }
      show(each.who, each.text, each.language, each.id);
      offer(each.choices || []);
    }
    if (answer.language && answer.language !== language && WORDS[answer.language]) {
      language = answer.language;
      keep({ language });
      put();
    }
    if (answer.state) stateIs(answer.state);
  };
  const offer = (given) => {
    choices.replaceChildren(...given.map((choice) => {
      const button = el('button', { type: 'button', lang: language }, choice.show);
      button.addEventListener('click', () => { box.focus(); say(choice.send, choice.show); });
      return button;
    }));
    choices.hidden = !given.length;
    log.scrollTop = log.scrollHeight;
  };
  const stateIs = (now) => {
    const was = kept.state;
    keep({ state: now });
    leave.hidden = now !== 'waiting';
    if (now === 'ended') over(w().ended);
    else if (now !== was && now === 'waiting') tell(w().waiting);
    else if (now !== was && now === 'agent') tell(w().agentHere);
    else if (now !== was && (was === 'waiting' || was === 'agent')) tell('');
  };
  const over = (text) => {
    clearTimeout(timer);
    tell(text);
    offer([]);
    keep({ token: '', outbox: [], state: 'ended' });
    form.hidden = end.hidden = leave.hidden = true;
    const held = root.activeElement;
    again.hidden = false;
    if (held) again.focus();
  };

  const begin = async () => {
    form.hidden = end.hidden = false;
    again.hidden = true;
    tell(w().starting, true);
    try {
      const resuming = Boolean(kept.token);
      if (!resuming) {
        keep({ after: 0, state: '' });
        log.replaceChildren();
        shown.clear();
      }
      const answer = resuming ? await ask('resume', { after: 0 }) : await ask('start', { line, language });
      if (answer.token) keep({ token: answer.token });
      if (resuming) {
        log.replaceChildren();
        shown.clear();
        keep({ after: 0 });
      }
      tell('');
      take(answer);
      for (const waiting of kept.outbox) if (!shown.has(waiting.id)) mine(waiting);
      await flush();
    } catch (error) {
      failed(error);
    }
    poll();
  };
  const poll = () => {
    clearTimeout(timer);
    if (kept.state === 'ended' && !kept.token) return;
    const every = kept.state === 'waiting' || kept.state === 'agent' ? 2500 : 15000;
    timer = setTimeout(async () => {
      if (panel.hidden && !kept.token) return;
      if (!kept.token) return void begin();
      try {
        if (kept.outbox.length) await flush();
        else take(await ask(`lines?after=${kept.after || 0}`));
      } catch (error) {
        failed(error);
      }
      if (kept.token) poll();
    }, failures ? Math.min(30000, 1000 * 2 ** Math.min(failures, 5)) : every);
  };

  // -- the caller's words: kept until the server has them

  const mine = (item) => {
    show('caller', item.show, language, item.id);
    mark(item.id, w().unsent);
  };
  const say = (text, label = text) => {
    const words = text.trim();
    if (!words) return;
    const item = { id: newId(), text: words, show: label };
    offer([]);
    keep({ outbox: [...kept.outbox, item], draft: '' });
    mine(item);
    void flush().catch(failed).finally(poll);
  };
  let flushing = null;
  const flush = () => {
    flushing = flushing || sendAll().finally(() => { flushing = null; });
    return flushing;
  };
  const sendAll = async () => {
    while (kept.outbox.length && kept.token) {
      const item = kept.outbox[0];
      if (kept.state !== 'agent' && kept.state !== 'waiting') tell(w().typing, true);
      try {
        const answer = await ask('send', { id: item.id, text: item.text, after: kept.after || 0 });
        keep({ outbox: kept.outbox.slice(1) });
        mark(item.id, '');
        if (state.classList.contains('dots')) tell('');
        take(answer);
      } catch (error) {
        state.classList.remove('dots');
        // What the server will never take is not sent for ever.
        if (error.status === 400) keep({ outbox: kept.outbox.slice(1) });
        throw error;
      }
    }
  };

  // -- what a person does

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    say(box.value);
    box.value = '';
    box.focus();
  });
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  box.addEventListener('input', () => keep({ draft: box.value }));
  other.addEventListener('click', async () => {
    language = other.lang;
    keep({ language });
    put();
    if (!kept.token) return;
    try { take(await ask('language', { id: newId(), language, after: kept.after || 0 })); } catch (error) { failed(error); }
  });
  leave.addEventListener('click', async () => {
    try { take(await ask('leave', { after: kept.after || 0 })); } catch (error) { failed(error); }
    box.focus();
  });
  end.addEventListener('click', async () => {
    try { if (kept.token) await ask('end', {}); } catch { /* it ends by itself */ }
    over(w().ended);
    again.focus();
  });
  again.addEventListener('click', () => { void begin(); box.focus(); });
  const open = (now) => {
    panel.hidden = !now;
    keep({ open: now });
    launch.setAttribute('aria-expanded', String(now));
    put();
    if (now) { if (!kept.started) { kept.started = true; void begin(); } box.focus(); } else launch.focus();
  };
  launch.addEventListener('click', () => open(true));
  close.addEventListener('click', () => open(false));
  panel.addEventListener('keydown', (event) => { if (event.key === 'Escape' && !target) open(false); });
  addEventListener('online', () => { if (kept.token) { failures = 0; void flush().catch(failed).finally(poll); } });
  addEventListener('offline', () => tell(w().offline));

  const place = () => (target || document.body).append(host);
  kept.started = false;
  panel.hidden = !target;
  box.value = kept.draft || '';
  put();
  place();
  // Nothing is shown where the server does not let this page show it, or has no chat.
  host.hidden = !target && !kept.token;
  const learn = (tries) => ask('about').then((about) => {
    titles = about.title;
    languages = about.languages.filter((x) => WORDS[x]);
    host.hidden = !about.available;
    put();
  }).catch(() => { if (tries) setTimeout(learn, 20000, tries - 1); });
  void learn(5);
  if (target || script.dataset.open !== undefined || (kept.open && kept.token)) {
    panel.hidden = false;
    kept.started = true;
    put();
    void begin();
  }
})();
