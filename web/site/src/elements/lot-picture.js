/**
 * A drawing in place of a photograph: the category's motif on the category's colour, composed a little differently for every lot.
 *
 *     <lot-picture category="watches" seed="listing id"></lot-picture>
 */

import { drawing } from '../dom.js';
import { composition } from '../pure/composition.js';

/** Each motif is drawn in a 160 × 120 field, around its middle: class → path. `f` is filled lightly, `s` strongly, `l` is a line only. */
const MOTIFS = {
  art: [
    ['f', 'M42 26h76v68H42z'],
    ['p', 'M51 35h58v50H51z'],
    ['s', 'M51 77l17-19 12 11 10-8 19 18v6H51z'],
    ['l', 'M42 26l9 9M118 26l-9 9M42 94l9-9M118 94l-9-9'],
    ['s', 'M97 48a5.5 5.5 0 1 0 .1 0z'],
  ],
  books: [
    ['f', 'M46 36h15v56H46z'],
    ['s', 'M61 44h12v48H61z'],
    ['f', 'M73 30h17v62H73z'],
    ['p', 'M92.5 45.5l14-4.5 15 47-14 4.5z'],
    ['l', 'M46 46h15M46 82h15M73 41h17M73 46h17M73 80h17M64 54h6M96.5 57l13.5-4.300M103 78l13.5-4.300M38 92h86'],
  ],
  cameras: [
    ['f', 'M40 44a6 6 0 0 1 6-6h16l5-8h26l5 8h16a6 6 0 0 1 6 6v42a6 6 0 0 1-6 6H46a6 6 0 0 1-6-6z'],
    ['p', 'M80 44a21 21 0 1 0 .1 0z'],
    ['s', 'M80 53a12 12 0 1 0 .1 0z'],
    ['l', 'M74 63a7 7 0 0 1 6-5M40 54h20M100 54h20M106 46h7M48 34h8'],
  ],
  coins: [
    ['f', 'M96 40a25 25 0 1 0 .1 0z'],
    ['p', 'M68 26a32 32 0 1 0 .1 0z'],
    ['l', 'M68 33a25 25 0 1 0 .1 0z'],
    ['s', 'M68 42l4.700 10.5 11.300 1.200-8.5 7.700 2.400 11.200L68 66.800l-9.900 5.800 2.400-11.200-8.5-7.700 11.300-1.200z'],
  ],
  furniture: [
    ['f', 'M54 34a8 8 0 0 1 8-8h36a8 8 0 0 1 8 8v30H54z'],
    ['s', 'M50 64h60a5 5 0 0 1 5 5v7H45v-7a5 5 0 0 1 5-5z'],
    ['p', 'M42 50a6 6 0 0 1 12 0v20H42zM106 50a6 6 0 0 1 12 0v20h-12z'],
    ['l', 'M50 76l-6 20M110 76l6 20M60 76l-2 14M100 76l2 14M80 26v38M42 70v6h76v-6'],
  ],
  jewelry: [
    ['l', 'M80 52a24 24 0 1 0 .1 0z'],
    ['l', 'M80 58a18 18 0 1 0 .1 0z'],
    ['p', 'M61 34l9-12h20l9 12-19 22z'],
    ['s', 'M71 34h18l-9 22z'],
    ['l', 'M61 34h38M70 22l1 12M90 22l-1 12M80 22l-9 12M80 22l9 12M108 24l4-4M110 34h6M52 24l-4-4M50 34h-6'],
  ],
  watches: [
    ['f', 'M67 14h26l3 26H64zM64 80h32l-3 26H67z'],
    ['p', 'M80 33a27 27 0 1 0 .1 0z'],
    ['f', 'M80 39a21 21 0 1 0 .1 0z'],
    ['l', 'M80 60V46M80 60l10 6M80 42v3M80 75v3M62 60h3M95 60h3M107 56h4v8h-4M68 22h24M68 98h24'],
    ['s', 'M80 57.5a2.5 2.5 0 1 0 .1 0z'],
  ],
  wine: [
    ['f', 'M60 16h12v22c0 8 9 10 9 22v36a5 5 0 0 1-5 5H56a5 5 0 0 1-5-5V60c0-12 9-14 9-22z'],
    ['p', 'M51 66h30v20H51z'],
    ['s', 'M60 16h12v10H60z'],
    ['f', 'M92 50h28c0 0 2 26-14 26s-14-26-14-26z'],
    ['s', 'M92.300 58h27.400c-.5 8-3.5 18-13.700 18s-13.200-10-13.700-18z'],
    ['l', 'M106 76v22M95 100h22M57 73h18M57 79h12'],
  ],
  other: [
    ['f', 'M48 40l32-14 32 14v40L80 94 48 80z'],
    ['p', 'M48 40l32 14 32-14-32-14z'],
    ['l', 'M80 54v40M64 33l32 14v12'],
  ],
};

class LotPicture extends HTMLElement {
  static observedAttributes = ['category', 'seed'];

  attributeChangedCallback() {
    const category = this.getAttribute('category');
    const seed = this.getAttribute('seed');
    if (category === null || seed === null) return;
    this.style.setProperty('--hue-shift', composition(seed).hueShift);
    this.replaceChildren(picture(category in MOTIFS ? category : 'other', composition(seed)));
  }
}

function picture(category, { angle, discs, mirrored, scale }) {
  const turn = `translate(80 60) rotate(${angle}) scale(${mirrored ? -scale : scale} ${scale}) translate(-80 -60)`;
  return drawing(
    'svg',
    { viewBox: '0 0 160 120', preserveAspectRatio: 'xMidYMid slice', 'aria-hidden': 'true', focusable: 'false' },
    ...discs.map(({ x, y, radius }) => drawing('circle', { class: 'lot-picture__disc', cx: x, cy: y, r: radius })),
    drawing('ellipse', { class: 'lot-picture__shadow', cx: 80, cy: 101, rx: 46, ry: 4 }),
    drawing('g', { transform: turn }, ...MOTIFS[category].map(([kind, d]) => drawing('path', { class: `lot-picture__${kind}`, d }))),
  );
}

customElements.define('lot-picture', LotPicture);
