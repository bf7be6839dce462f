/* The chat ([data-chat]): messages that change by themselves are followed by an event stream, files are dropped
   anywhere on the page, and sending them shows how far it is. Without it the page works by reloading. */
(() => {
  "use strict";

  const chat = document.querySelector("[data-chat]");
  if (!chat) return;
  const talk = document.getElementById("talk");
  const composer = chat.querySelector("[data-composer]");
  const says = chat.querySelector("[data-says]");
  const chosen = chat.querySelector("[data-chosen]");
  const sending = chat.querySelector("[data-sending]");
  const files = document.getElementById("files");
  const text = composer.elements.text;

  /* Follow what is under way */

  let source = null;

  function follow() {
    const live = [...talk.querySelectorAll("[data-live]")].map((each) => each.id.slice(2));
    if (source || !live.length || !chat.dataset.stream) return;
    source = new EventSource(`${chat.dataset.stream}?watch=${live.join(",")}`);
    source.addEventListener("part", (event) => show(JSON.parse(event.data)));
    source.addEventListener("done", stop);
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED) {  // refused, not merely interrupted
        stop();
        setTimeout(follow, 3000);
      }
    });
  }

  function stop() {
    if (source) source.close();
    source = null;
    if (talk.querySelector("[data-live]")) setTimeout(follow, 500);
  }

  function show(part) {
    const old = document.getElementById(part.id);
    if (!old || old.dataset.state === part.state) return;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    const atEnd = innerHeight + scrollY > document.body.scrollHeight - 200;
    old.outerHTML = part.html;
    const now = document.getElementById(part.id);
    htmx.process(now);
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
    announce(now);
    if (now.dataset.announce && now.dataset.live === undefined && atEnd) now.scrollIntoView({ block: "start" });
  }

  let announced = "";

  function announce(message) {
    const sentence = message.dataset.announce || "";
    if (sentence && sentence !== announced) says.textContent = announced = sentence;
  }

  /* Say something: it stands there at once, the answer follows. What is sent meanwhile waits for its turn, and the box
     loses only what was taken over: what was typed since stays in it. */

  let under = null;  // the request under way: what it says, and what of the composer it carried
  let waiting = [];  // sentences sent while it was under way
  let carried = "";  // the one of them that is sent next
  let leaving = false;  // for the page of the conversation that has begun
  const key = "uptake-chat-waiting";

  chat.addEventListener("submit", (event) => {
    if (event.target !== composer || !under) return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.submitter;
    const pressed = by && by.name === "ask" ? by.value : "";
    const sentence = pressed || text.value.trim();
    if (!sentence || (!pressed && sentence === under.typed)) return;  // sent twice by accident
    if (!pressed) text.value = "";
    waiting.push(sentence);
    if (chat.dataset.stream) pend(sentence);
  }, true);

  composer.addEventListener("htmx:configRequest", (event) => {
    const by = event.detail.triggeringEvent && event.detail.triggeringEvent.submitter;
    if (by && by.name === "ask") event.detail.parameters[by.name] = by.value;  // a button outside the form
    if (carried) {
      event.detail.parameters.ask = carried;
      delete event.detail.parameters.files;  // they were chosen for what comes after it
    }
  });

  composer.addEventListener("htmx:beforeRequest", (event) => {
    const parameters = event.detail.requestConfig.parameters;
    const sentence = parameters.ask || text.value.trim();
    const sent = files && !carried ? [...files.files] : [];
    if ((problem && !carried) || (!sentence && !sent.length)) {
      event.preventDefault();
      text.focus();
      return;
    }
    under = { typed: parameters.ask ? "" : sentence, waited: carried, files: sent };
    carried = "";
    if (chat.dataset.stream && !sent.length) pend(sentence);
    sending.hidden = !sent.length;
  });

  function next() {
    if (under || !waiting.length) return;
    carried = waiting.shift();
    composer.requestSubmit();
  }

  function back(sentences) {  // into the box, before what was typed since
    text.value = [...sentences, text.value].filter(Boolean).join("\n");
  }

  function pend(sentence) {
    const message = chat.querySelector("[data-pending]").content.cloneNode(true);
    message.querySelector("p").textContent = sentence;
    message.firstElementChild.dataset.pendingNow = "";
    talk.append(message);
    talk.lastElementChild.scrollIntoView({ block: "nearest" });
  }

  composer.addEventListener("htmx:xhr:progress", (event) => {
    const { lengthComputable, loaded, total } = event.detail;
    if (!lengthComputable || sending.hidden) return;
    sending.firstElementChild.value = (100 * loaded) / total;
    sending.querySelector("[data-sent]").textContent = loaded < total
      ? `Sending: ${size(loaded)} of ${size(total)}`
      : "Sent; it is being taken over";
  });

  composer.addEventListener("htmx:afterRequest", (event) => {
    if (!under) return;
    const was = under;
    talk.querySelectorAll("[data-pending-now]").forEach((each) => each.remove());
    sending.hidden = true;
    under = null;
    leaving = Boolean(event.detail.xhr.getResponseHeader("HX-Redirect"));  // htmx calls that neither success nor failure
    if (!event.detail.successful && !leaving) {
      back([was.waited, ...waiting]);
      waiting = [];
      return;
    }
    if (was.typed && text.value.trim() === was.typed) text.value = "";
    if (files && was.files.length && was.files.every((file, n) => file === files.files[n])) files.value = "";
    list();
    if (leaving) {
      under = was;  // nothing more is sent from here
      return;
    }
    waiting.forEach(pend);
    setTimeout(next);  // once this request has ended
  });

  addEventListener("pagehide", () => {
    if (leaving && (waiting.length || text.value)) sessionStorage.setItem(key, JSON.stringify({ waiting, typed: text.value }));
  });

  function resume() {
    const left = JSON.parse(sessionStorage.getItem(key) || "null");
    sessionStorage.removeItem(key);
    if (!left || !chat.dataset.stream) return;
    text.value = left.typed;
    waiting = left.waiting;
    waiting.forEach(pend);
    if (left.typed) text.focus();
  }

  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt.matches && event.detail.elt.matches("article.message")) announce(event.detail.elt);
  });

  document.addEventListener("htmx:afterSettle", () => {
    follow();
    const last = talk.lastElementChild;
    if (last && last.id !== seen) {
      seen = last.id;
      const first = last.previousElementSibling && last.previousElementSibling.matches(".mine") ? last.previousElementSibling : last;
      first.scrollIntoView({ block: "start" });
    }
  });

  let seen = talk.lastElementChild ? talk.lastElementChild.id : "";

  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });

  /* Files: chosen, or dropped anywhere */

  function size(bytes) {
    return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
  }

  let problem = "";  // why what was chosen cannot be sent, before it takes its time

  function wrong(names) {
    const most = Number(composer.dataset.mostFiles);
    const large = names.find((file) => file.size > Number(composer.dataset.mostBytes));
    if (names.length > most) return `More than ${most} files came at once. Pack them into one zip and send that.`;
    return large ? `${large.name} is larger than ${composer.dataset.most}, the most that is taken through the browser.` : "";
  }

  function list(refused = "") {
    chosen.replaceChildren();
    const names = files ? [...files.files] : [];
    problem = wrong(names);
    if (refused || problem) {
      const said = document.createElement("p");
      said.className = "wrong";
      said.setAttribute("role", "alert");
      said.textContent = refused || problem;
      chosen.append(said);
    }
    const chip = (words) => {
      const mark = document.createElement("span");
      mark.className = "chip";
      mark.textContent = words;
      chosen.append(mark);
    };
    names.slice(0, 4).forEach((file) => chip(`${file.name}, ${size(file.size)}`));
    if (names.length > 4) chip(`and ${names.length - 4} more, ${size(names.reduce((sum, file) => sum + file.size, 0))} in all`);
    if (names.length) {
      const none = document.createElement("button");
      none.type = "button";
      none.className = "button bare";
      none.textContent = "Remove";
      none.addEventListener("click", () => { files.value = ""; list(); });
      chosen.append(none);
    }
    chosen.hidden = !chosen.childElementCount;
  }

  if (files) {
    files.addEventListener("change", () => { list(); text.focus(); });
    let depth = 0;
    const over = (on) => chat.querySelectorAll("[data-drop]").forEach((each) => each.toggleAttribute("data-over", on));
    const hasFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    document.addEventListener("dragenter", (event) => { if (hasFiles(event)) { depth += 1; over(true); } });
    document.addEventListener("dragleave", (event) => { if (hasFiles(event) && --depth <= 0) { depth = 0; over(false); } });
    document.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
    document.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      over(false);
      const folder = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry())
        .find((entry) => entry && entry.isDirectory);
      if (!folder) files.files = event.dataTransfer.files;
      list(folder ? `${folder.name} is a folder; please drop the files in it, or a zip of them.` : "");
      text.focus();
    });
  }

  follow();
  resume();
  document.addEventListener("htmx:load", next, { once: true });  // htmx stands ready by then
})();
