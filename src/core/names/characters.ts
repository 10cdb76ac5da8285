/** Control characters can control a terminal and truncate names. */
export const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;

/**
 * Invisible characters that make a name look like another one: format controls (bidirectional ones are CVE-2021-42574,
 * "Trojan Source"), tags, variation selectors, fillers and joiners, the line and paragraph separators, halves of a
 * surrogate pair. The few visible format controls (Arabic, Syriac, Kaithi) are not included.
 */
export const HIDDEN =
  /(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** Characters that look like a space, except the space itself: no-break and wide spaces, the empty Braille pattern. */
export const BLANK = /(?! )[\p{Zs}\u2800]/u;

/** A mark at the beginning of a name or of a component, where it joins what a message shows before it. */
const JOINING = /(?<![^"/])\p{M}/u;

/** Everything that does not show itself in a message. */
export const UNSHOWN = new RegExp([CONTROL, HIDDEN, BLANK, JOINING].map(({ source }) => source).join('|'), 'gu');
