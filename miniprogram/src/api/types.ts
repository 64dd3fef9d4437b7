/**
 * Shapes of the service's answers, from its OpenAPI document (schema.d.ts, see `npm run gen:api`). Pages import from here only.
 * What the document leaves open (a form, the answers to it) is said in `rules/form.ts`.
 */

import type { Answers, Condition, FormSchema } from '@/rules/form'
import type { components } from './schema'

type Schemas = components['schemas']

export type Level = 0 | 1 | 2 | 3

/** Of the word on the wire (`L2`), which cannot be compared. */
export const levelNumber = (level: string | null | undefined): Level => Number((level ?? 'L0').slice(1)) as Level

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export type Station = Schemas['Station']
export type StationDetail = Schemas['StationDetail']
export type StationKind = Station['kind']
export type Amenity = Schemas['Service']
export type Widening = Schemas['Widen']
export type StationList = Schemas['StationList']
export type StationReport = Schemas['Report']
export type ReportKind = Schemas['ReportBody']['kind']

export type Activity = Schemas['Activity']
export type ActivityDetail = Schemas['ActivityDetail']
export type ActivityList = Schemas['ActivityList']
export type Signup = Schemas['Signup']
export type OwnSignup = Schemas['OwnSignup']
export type SignupState = Signup['state']

export type IdentityMode = Schemas['CaseSummary']['identity_mode']
export type ServiceItem = Schemas['ServiceSummary']
export type ServiceConsent = Omit<Schemas['WantedConsent'], 'if'> & { if: Condition | null }
export type ServiceDetail = Omit<Schemas['ServiceForm'], 'form' | 'example' | 'consents'> & {
  form: FormSchema
  example: Answers
  consents: ServiceConsent[]
}

export type Publication = Schemas['Publication']
export type Objected = Schemas['Objected']
export type District = Schemas['District']
export type Organisation = Schemas['Organisation']

export type CaseSummary = Schemas['CaseSummary']
export type Case = Schemas['NewCase']
export type CasePhase = CaseSummary['phase']
/** What the worker may do now: the part of the path to post to. */
export type CaseAct = Case['can'][number]
export type Assignee = Schemas['Assignee']
/** An answer in words, by who wrote it last. */
export type OwnAnswer = Case['answered'][number]
export type AnswerWords = Schemas['AnswerWords']
export type CaseClock = Schemas['CaseClock']
export type CaseAttachment = Schemas['Attachment']
export type Attachment = Schemas['Uploaded']
export type UploadProgress = Schemas['UploadProgress']
export type Alike = Schemas['Alike']
export type NewCase = Omit<Schemas['Submission'], 'answers' | 'joins' | 'apart' | 'goes_on_from'> & { answers: Answers } & Partial<Pick<Schemas['Submission'], 'joins' | 'apart' | 'goes_on_from'>>

/** What the form of another service begins with, taken from a case of one's own. */
export type Carried = Omit<Schemas['Carried'], 'answers'> & { answers: Answers }
/** What somebody told a station's manager, and what they take along. */
export type ToldToManager = Omit<Schemas['ProxyBody'], 'answers'> & { answers: Answers }
export type ProxyReceipt = Schemas['Receipt']
export type TypedToday = Schemas['TypedToday']

export type ConsentText = Schemas['ConsentText']
export type ConsentGiven = Schemas['GrantedConsent']
export type VerificationState = Schemas['VerificationState']
export type Worker = Schemas['Worker']
export type Profile = Schemas['Profile']
export type Invitation = NonNullable<Profile['invitation']>
export type InvitationAnswer = Schemas['InvitationAnswer']['answer']
export type Session = Schemas['Session']
export type Sharing = Schemas['Sharing']
export type Work = Schemas['Work']
export type Street = Schemas['Street']
export type Export = Schemas['Export']
export type Closing = Schemas['Closing']
export type OwnChanges = Schemas['OwnChanges']
export type Verification = Schemas['Verification']
export type Verdict = Schemas['Verdict']
export type MemberCard = Schemas['Card']
export type Notice = Schemas['Notice']
export type About = Schemas['About']
export type Template = Schemas['Template']
export type Found = Schemas['Found']
export type Pass = Schemas['Pass']
export type KeptStation = Schemas['KeptStation']
export type DemoPerson = Schemas['DemoIdentity']
