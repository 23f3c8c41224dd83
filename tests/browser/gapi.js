/**
 * What Google's script does for signing in, in the place of https://apis.google.com/js/api.js, which tests cannot fetch: it opens a
 * frame and passes messages between the page and the frame. Whether the page may load it, frame it and be answered is the browser's to say.
 */

(() => {
  /** Google's script keeps what its callers throw to itself, and the SDK throws after every answer about storage. */
  const settle = (callback) => {
    try {
      callback();
    } catch (error) {
      console.debug(error);
    }
  };

  const channel = (peer) => {
    const handlers = new Map();
    const answers = new Map();
    window.addEventListener('message', async ({ source, data }) => {
      if (source !== peer || !data.gapi) return;
      const { name, id, value } = data.gapi;
      if (name === 'answer') return settle(() => answers.get(id)?.([value]));
      const answer = await handlers.get(name)?.(value);
      peer.postMessage({ gapi: { name: 'answer', id, value: answer } }, '*');
    });
    return {
      register: (name, handler) => handlers.set(name, handler),
      send(name, value, answered) {
        const id = crypto.randomUUID();
        answers.set(id, answered);
        peer.postMessage({ gapi: { name, id, value } }, '*');
      },
      restyle: async () => {},
      ping: async (answered) => answered(),
    };
  };

  const open = ({ where, url }, opened) =>
    new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      frame.hidden = true;
      frame.addEventListener('load', () => resolve(opened(channel(frame.contentWindow))));
      where.append(frame);
    });

  const context = { open, getParentIframe: () => channel(window.parent) };
  window.gapi = {
    load: (_, { callback }) => callback(),
    iframes: { Iframe: true, CROSS_ORIGIN_IFRAMES_FILTER: true, getContext: () => context },
  };
  const loaded = new URL(document.currentScript.src).searchParams.get('onload') ?? 'gapi_onload';
  window[loaded]();
})();
