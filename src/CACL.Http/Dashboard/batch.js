// Draws pairs of the batch that is trained on. The page asks for them only on request, since the training makes a small copy each time.

const flipped = pair => pair.flip && pair.flip_plus ? ", flipped" : pair.flip ? ", first view flipped" : pair.flip_plus ? ", second view flipped" : "";
// A still image has one frame, and with a stride of 0 both views are of one.
const frames = pair => pair.still === true ? "image" : pair.frame === pair.second_frame ? `frame ${known(pair.frame)}` : `frames ${known(pair.frame)} and ${known(pair.second_frame)}`;

class Batch {
  #timer = null; #step = null; #asking = false;

  constructor() {
    byId("look").addEventListener("click", () => this.#look(true));
    byId("keeplooking").addEventListener("change", event => {
      clearInterval(this.#timer);
      this.#timer = event.target.checked ? setInterval(() => document.hidden || this.#look(false), 5000) : null;
      if (event.target.checked) this.#look(true);
    });
  }

  async #look(tell) {
    // The response waits for the next step, which may take longer than five seconds.
    if (this.#asking) return;
    this.#asking = true;
    if (tell) setText("batchsaid", "asking …");
    const batch = await ask("/api/batch");
    this.#asking = false;
    if (batch === null) return setText("batchsaid", "The batch cannot be had now.");
    const pairs = list(batch.pairs).map(fields);
    if (pairs.length === 0) return setText("batchsaid", known(batch.message));
    if (batch.step === this.#step) return tell && setText("batchsaid", `Step ${whole(batch.step)}: no newer one yet.`);
    this.#step = batch.step;
    setText("batchsaid", `Step ${whole(batch.step)}, ${pairs.length} of ${whole(batch.size)} pairs.`);
    byId("batch").replaceChildren(...pairs.map(pair => {
      const what = `${fileName(pair.video)}, ${frames(pair)}${flipped(pair)}`;
      // Only pictures inside the response itself are shown.
      const source = String(pair.image).startsWith("data:image/") ? pair.image : undefined;
      return el("figure", { title: String(pair.video) }, el("img", { src: source, alt: `Both views of ${what}` }), el("figcaption", null, what));
    }));
  }
}
