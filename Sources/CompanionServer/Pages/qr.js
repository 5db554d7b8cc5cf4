// The QR code that the server draws: built anew from its plain shapes, so that nothing else can come in with it.

const SVG = "http://www.w3.org/2000/svg";
const ALLOWED = {
  svg: ["viewBox", "width", "height", "shape-rendering"],
  g: ["transform", "fill"],
  rect: ["x", "y", "width", "height", "fill"],
  path: ["d", "fill", "stroke", "stroke-width", "transform"],
};
const SHAPES_MAX = 10_000;

/** An element that shows it; without a readable picture, a line that says so. */
export function qrPicture(text) {
  const source = new DOMParser().parseFromString(text ?? "", "image/svg+xml").documentElement;
  if (source.localName !== "svg") return document.createTextNode("The picture could not be read: use the key below.");
  let shapes = 0;
  const rebuild = (element) => {
    const names = ALLOWED[element.localName];
    if (!names || (shapes += 1) > SHAPES_MAX) return null;
    const made = document.createElementNS(SVG, element.localName);
    for (const name of names) {
      const value = element.getAttribute(name);
      if (value !== null && !/url|:/i.test(value)) made.setAttribute(name, value);
    }
    for (const child of element.children) {
      const inner = rebuild(child);
      if (inner) made.append(inner);
    }
    return made;
  };
  const picture = rebuild(source);
  if (!picture.hasAttribute("viewBox")) {
    const [width, height] = ["width", "height"].map((name) => Number.parseFloat(source.getAttribute(name)) || 0);
    if (width && height) picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }
  picture.removeAttribute("width");
  picture.removeAttribute("height");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", "QR code for the authenticator app");
  return picture;
}
