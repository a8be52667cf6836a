/** Elements for the controls. */
/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [className]
 * @param {Array<Node | string>} [children]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className?: string, children?: Array<Node | string>): HTMLElementTagNameMap[K];
/** An id that no other element of the page has, for labels. @param {string} name */
export function uniqueId(name: string): string;
/** An icon as inline SVG: nothing is fetched. @param {keyof typeof ICONS} name */
export function icon(name: keyof typeof ICONS): SVGSVGElement;
/** A button that shows an icon; its label is for screen readers. @param {keyof typeof ICONS} name @param {string} label */
export function iconButton(name: keyof typeof ICONS, label: string): HTMLButtonElement;
declare namespace ICONS {
    let pause: string;
    let play: string;
    let upload: string;
}
export {};
