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

  /* Say something: it stands there at once, the answer follows */

  composer.addEventListener("htmx:configRequest", (event) => {
    const by = event.detail.triggeringEvent && event.detail.triggeringEvent.submitter;
    if (by && by.name === "ask") event.detail.parameters[by.name] = by.value;  // a button outside the form
  });

  composer.addEventListener("htmx:beforeRequest", (event) => {
    const parameters = event.detail.requestConfig.parameters;
    const sentence = parameters.ask || text.value.trim();
    if (problem || (!sentence && !(files && files.files.length))) {
      event.preventDefault();
      text.focus();
      return;
    }
    if (chat.dataset.stream && !(files && files.files.length)) pend(sentence);
    sending.hidden = !(files && files.files.length);
  });

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
    talk.querySelectorAll("[data-pending-now]").forEach((each) => each.remove());
    sending.hidden = true;
    if (!event.detail.successful) return;
    composer.reset();
    list();
  });

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
})();
