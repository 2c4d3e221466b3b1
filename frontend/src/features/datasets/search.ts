export const TABS = ['table', 'columns', 'report', 'versions'] as const;
export type DatasetTab = (typeof TABS)[number];

/** What is looked at of a dataset; each view can be sent as an address. */
export interface DatasetSearch {
  tab?: DatasetTab;
  /** Number of the version; the newest if not given. */
  version?: number;
  /** Place of a finding in the report: only its rows are shown. */
  finding?: number;
  /** Number of the row that is open. */
  row?: number;
  /** Whether repairs are being chosen in the report. */
  repairing?: true;
  /** Whether the file is being read in another way. */
  reading?: true;
}

export function datasetSearch(search: Record<string, unknown>): DatasetSearch {
  return {
    tab: TABS.find((tab) => tab === search.tab),
    version: whole(search.version, 1),
    finding: whole(search.finding, 0),
    row: whole(search.row, 1),
    repairing: search.repairing === true || undefined,
    reading: search.reading === true || undefined,
  };
}

function whole(value: unknown, least: number): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least ? value : undefined;
}
