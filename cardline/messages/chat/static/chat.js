// The chat page with a script: words go and come without a reload. Everything works without it.
"use strict";
(() => {
  const body = document.body;
  const base = body.dataset.base;
  const list = document.getElementById("messages");
  const log = document.getElementById("log");
  const status = document.getElementById("state");
  const form = document.getElementById("write");
  const text = document.getElementById("text");
  const files = document.getElementById("send-file");
  let last = Number(body.dataset.last);
  let version = body.dataset.version;
  let state = body.dataset.state;
  let typedAt = 0;
  let readThrough = 0;

  body.classList.add("scripted");
  const say = (name) => body.getAttribute("data-t-" + name) || "";
  const toEnd = () => { log.scrollTop = log.scrollHeight; };
  const element = (name, kind, words) => {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    if (words !== undefined) made.textContent = words;
    return made;
  };

  function add(message) {
    if (message.number <= last) return;
    last = message.number;
    const item = element("li", message.author);
    item.dataset.number = message.number;
    item.append(element("span", "who", say("who-" + message.author)));
    if (message.text) item.append(element("p", "text", message.text));
    if (message.file) {
      const link = element("a", "", message.file_name);
      link.href = message.file;
      link.target = "_blank";
      link.rel = "noopener";
      const line = element("p", "text");
      line.append(link);
      item.append(line);
    }
    const when = element("span", "when");
    const at = new Date(message.at);
    const time = element("time", "", at.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" }));
    time.dateTime = message.at;
    when.append(time);
    item.append(when);
    list.append(item);
    toEnd();
  }

  function ticks(news) {
    for (const item of list.querySelectorAll("li.holder")) {
      const number = Number(item.dataset.number);
      const word = number <= news.read ? "read" : number <= news.delivered ? "delivered" : "sent";
      const when = item.querySelector(".when");
      const tick = item.querySelector(".tick") || when.appendChild(element("span", "tick"));
      if (tick.textContent.trim() !== say(word)) tick.textContent = " " + say(word);
    }
  }

  function show(news) {
    news.messages.forEach(add);
    ticks(news);
    version = news.version;
    const now = news.state || "none";
    let words = say("state-" + now).replace("{place}", news.place);
    if (news.agent_typing) words = say("who-agent") + " " + say("typing");
    if (status.textContent !== words) status.textContent = words;
    const person = form.querySelector("[value=person]");
    if (person) person.hidden = !(now === "bot" || now === "none");
    document.getElementById("leave").hidden = now === "none" || now === "closed";
    state = now;
    if (document.visibilityState === "visible" && last > readThrough && news.state) {
      readThrough = last;
      send("/read", { through: last }).catch(() => { readThrough = 0; });
    }
  }

  async function send(path, fields, file) {
    const data = new FormData();
    data.append("csrf", body.dataset.csrf);
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    if (file) data.append("file", file);
    const answer = await fetch(base + path, { method: "POST", body: data, headers: { Accept: "application/json" } });
    if (answer.status === 204) return null;
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.message);
    return told;
  }

  function notice(words) {
    let place = document.querySelector(".notice");
    if (!place) {
      place = element("p", "notice");
      place.setAttribute("role", "alert");
      log.before(place);
    }
    place.textContent = words;
    place.hidden = !words;
  }

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const act = event.submitter ? event.submitter.value : "send";
    const written = text.value;
    if (act === "send" && !written.trim()) { text.focus(); return; }
    const key = form.elements.key;
    try {
      const fields = { act, language: form.elements.language.value, key: key.value, text: act === "send" ? written : "" };
      const news = await send("/messages?after=" + last, fields);
      if (act === "send" && text.value === written) text.value = "";
      key.value = newKey();
      notice("");
      if (news) show(news);
    } catch (error) {
      notice(error.message || say("link-down"));
    }
    text.focus();
  });

  text.addEventListener("keydown", (event) => {
    // Enter also confirms what an input method proposes: that is no wish to send.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[value=send]"));
    }
  });

  text.addEventListener("input", () => {
    if (state === "talking" && Date.now() - typedAt > 3000) {
      typedAt = Date.now();
      send("/typing", {}).catch(() => {});
    }
  });

  files.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = files.elements.file.files[0];
    if (!chosen) return;
    try {
      const news = await send("/files?after=" + last, { language: files.elements.language.value }, chosen);
      files.reset();
      notice("");
      if (news) show(news);
    } catch (error) {
      notice(error.message);
    }
  });

  async function follow() {
    let pause = 500;
    for (;;) {
      try {
        const asked = new URLSearchParams({ after: last, version, wait: state ? 25 : 0 });
        const answer = await fetch(base + "/events?" + asked, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        show(await answer.json());
        pause = 500;
        if (state === "none" || state === "closed") await new Promise((go) => setTimeout(go, 2000));
      } catch (error) {
        status.textContent = say("link-down");
        version = "";
        await new Promise((go) => setTimeout(go, pause));
        pause = Math.min(pause * 2, 10000);
      }
    }
  }

  document.addEventListener("visibilitychange", () => { version = ""; });
  toEnd();
  follow();
})();
