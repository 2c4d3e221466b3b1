import type { components } from './schema.gen';

type Schemas = components['schemas'];

export type ApiKey = Schemas['ApiKeyRead'];
export type BrowserSession = Schemas['BrowserRead'];
export type ClassMetrics = Schemas['ClassMetrics'];
export type ColumnProfile = Schemas['ColumnProfile'];
export type Dataset = Schemas['DatasetRead'];
export type DatasetVersion = Schemas['DatasetVersionRead'];
export type Deployment = Schemas['DeploymentRead'];
export type EndedJob = Schemas['EndedJob'];
export type Estimate = Schemas['Estimate'];
export type Evaluation = Schemas['Evaluation'];
export type FineTuneRequest = Schemas['FineTuneRequest'];
export type Finding = Schemas['Finding'];
export type Job = Schemas['JobRead'];
export type JobError = Schemas['JobError'];
export type JobEvent = Schemas['EventRead'];
export type JobPhase = Schemas['JobPhase'];
export type JobStatus = Schemas['JobStatus'];
export type Model = Schemas['ModelRead'];
export type ModelVersion = Schemas['VersionRead'];
export type Progress = Schemas['ProgressData'];
export type Question = Schemas['Question'];
export type Scope = Schemas['Scope'];
export type SearchHit = Schemas['SearchHit'];
export type Session = Schemas['SessionRead'];
