import type { ChartTable } from './ChartFrame';

const SCALE = 2;
const MARGIN = 16;
const TITLE_HEIGHT = 32;
/** What the style sheets give a drawing; a picture that stands alone has to carry it. */
const DRAWN_PROPERTIES = [
  'fill',
  'fill-opacity',
  'font-family',
  'font-size',
  'font-weight',
  'opacity',
  'stroke',
  'stroke-dasharray',
  'stroke-opacity',
  'stroke-width',
  'text-anchor',
];

/** How a text begins that a spreadsheet program might run. */
const FORMULA = /^[=+\-@＝＋－＠\p{Cc}]/u;

/** The table of a chart as CSV: numbers exact, cells quoted where they have to be, and texts never formulas. */
export function csvOf({ columns, rows }: ChartTable): string {
  const lines = [columns.map(({ name }) => name), ...rows];
  return lines.map((cells) => `${cells.map((cell) => quoted(harmless(cell ?? ''))).join(',')}\r\n`).join('');
}

function harmless(cell: string | number): string {
  return typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : String(cell);
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

export function saveCsv(fileName: string, table: ChartTable): void {
  // Excel takes a file for UTF-8 only if it starts with this mark.
  save(`${fileName}.csv`, new Blob([`\uFEFF${csvOf(table)}`], { type: 'text/csv;charset=utf-8' }));
}

/** The chart as it is seen, on its ground, beneath its title. */
export async function savePng(fileName: string, title: string, svg: SVGSVGElement): Promise<void> {
  const { width, height } = svg.getBoundingClientRect();
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg, width, height))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = (width + 2 * MARGIN) * SCALE;
  canvas.height = (height + TITLE_HEIGHT + 2 * MARGIN) * SCALE;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const page = getComputedStyle(document.body);
  context.scale(SCALE, SCALE);
  context.fillStyle = page.backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = page.color;
  context.font = `600 15px ${page.fontFamily}`;
  context.fillText(title, MARGIN, MARGIN + 15, width);
  context.drawImage(image, MARGIN, MARGIN + TITLE_HEIGHT, width, height);
  canvas.toBlob((picture) => picture && save(`${fileName}.png`, picture));
}

/** The drawing with its colours and fonts written into it. */
function standalone(svg: SVGSVGElement, width: number, height: number): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')];
  [svg, ...svg.querySelectorAll('*')].forEach((element, place) => {
    const style = getComputedStyle(element);
    for (const name of DRAWN_PROPERTIES) copies[place]?.style.setProperty(name, style.getPropertyValue(name));
  });
  return new XMLSerializer().serializeToString(copy);
}

function save(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has to have begun before its address goes.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
