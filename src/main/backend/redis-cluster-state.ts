import { randomUUID } from 'node:crypto'
import type { Intent, Lease, Manifest, NodeInfo, ReportBatch } from '../../shared/cluster/cluster.ts'
import type { RunView } from '../../shared/results/run.ts'
import { AppError } from '../../shared/errors.ts'
import type {
  Acquired, AggregateCommit, Applied, ClusterState, Commit, HeartbeatReply, LiveRun, Member, NotAcquired, Poll, StaleLease, StopRecord, Topic,
} from './cluster-state.ts'
import { Envelopes } from './envelope.ts'
import type { Guarded } from './guarded.ts'
import { acquire } from './lua/acquire.lua.ts'
import { commit } from './lua/commit.lua.ts'
import { heartbeat } from './lua/heartbeat.lua.ts'
import { intents } from './lua/intents.lua.ts'
import { leave } from './lua/leave.lua.ts'
import { open } from './lua/open.lua.ts'
import { poll } from './lua/poll.lua.ts'
import { reap } from './lua/reap.lua.ts'
import { release } from './lua/release.lua.ts'
import { renew } from './lua/renew.lua.ts'
import { request } from './lua/request.lua.ts'
import { stop } from './lua/stop.lua.ts'
import type { RedisLink } from './redis/connection.ts'
import { explainRedis } from './redis/failures.ts'
import { RedisJobs } from './redis/jobs.ts'
import { beatBefore, heardOf } from './redis/heard.ts'
import { NodeList, nodePlace } from './redis/node-list.ts'
import { NudgeChannel } from './redis/nudge-channel.ts'
import { Presence } from './redis/presence.ts'
import { guardedOf, listOf, numberOf, pairsOf, textOf } from './redis/replies.ts'
import { positionsOf, RedisResults } from './redis/results.ts'
import { electionOf, RedisSentinels } from './redis/sentinels.ts'
import { intentShape, manifestShape, stopShape } from './redis/shapes.ts'
import { RedisSpace } from './redis/space.ts'
import { Vault } from './redis/vault.ts'
import { SENTINEL_TIMES } from './sentinel-state.ts'
import type { Tell } from './tell.ts'

export interface RedisClusterOptions {
  /** Up to 32 lower-case letters, digits and hyphens; clusters of different namespaces never meet. */
  namespace: string
  /** Of the cluster: who does not know it is not obeyed. Empty only where Redis is of this machine alone. */
  secret: string
  /** How long a mastership lives without being renewed, ms. */
  leaseTtlMs?: number
  /** Something to tell the user; each once. */
  onNotice?: Tell
  /** Monotonic clock, ms. */
  monotonic?: () => number
}

/** Of the keys' layout: a newer one is left alone. */
const SCHEMA = 1
/** In the place of a manifest that is applied already. */
const SAME = '='
/** Samples per run and poll. */
const SAMPLES_AT_ONCE = 5000

/**
 * The cluster state in Redis, over a connection that belongs to the caller. Throws AppError `cannot-start` for a
 * namespace of another secret or a newer version, and for a Redis that takes no writes.
 */
export async function openRedisClusterState(link: RedisLink, options: RedisClusterOptions): Promise<RedisClusterState> {
  const state = new RedisClusterState(link, options)
  await state.open().catch((error: unknown) => {
    throw error instanceof AppError && error.code === 'store-unavailable' ? explainRedis(error.cause, link.label, true) : error
  })
  return state
}

/** Each method that writes is one Lua script (`lua/`), which Redis runs as one step; what is read is opened by the vault. */
export class RedisClusterState implements ClusterState {
  readonly sentinels: RedisSentinels
  readonly jobs: RedisJobs
  readonly #space: RedisSpace
  readonly #envelopes: Envelopes
  readonly #vault: Vault
  readonly #results: RedisResults
  readonly #nudges: NudgeChannel
  readonly #list: NodeList
  readonly #presence: Presence
  readonly #leaseTtlMs: number
  readonly #monotonic: () => number
  readonly #onNotice: Tell
  #told = ''
  #warned = false

  constructor(link: RedisLink, options: RedisClusterOptions) {
    const onNotice = options.onNotice ?? (() => undefined)
    this.#onNotice = onNotice
    this.#space = new RedisSpace(link, options.namespace)
    this.#envelopes = new Envelopes(options.secret, options.namespace)
    this.#vault = new Vault(this.#envelopes, onNotice)
    this.#results = new RedisResults(this.#space, this.#vault)
    this.#nudges = new NudgeChannel(this.#space, (error) => onNotice(`Nodes hear of each other only once a second: ${explainRedis(error, link.label).message}`))
    this.#list = new NodeList(this.#vault)
    this.#presence = new Presence(this.#space)
    this.#leaseTtlMs = options.leaseTtlMs ?? 5000
    this.#monotonic = options.monotonic ?? (() => performance.now())
    this.jobs = new RedisJobs(this.#space, this.#vault)
    this.sentinels = new RedisSentinels(this.#space, this.#vault, this.#monotonic)
  }

  /** How much of what was found in Redis was ignored so far: forged, damaged, or of another secret. */
  get refused(): number {
    return this.#vault.refused
  }

  async open(): Promise<void> {
    const [incarnation, schema] = listOf(await this.#space.run(open, [this.#fresh()])).map(textOf)
    const where = `The namespace "${this.#space.namespace}" of Redis at ${this.#space.label}`
    if (Number(schema) > SCHEMA) throw new AppError('cannot-start', `${where} is used by a newer version of Stampede.`, { hint: 'Update this one, or use another namespace.' })
    if (incarnation?.split('.')[0] === this.#envelopes.keyId) return
    throw new AppError('cannot-start', `${where} belongs to a cluster with another secret.`, {
      hint: `Give this node the same secret, or use another namespace. To change the secret of a cluster that is switched off: redis-cli DEL '${this.#space.prefix}meta'`,
    })
  }

  async heartbeat(info: NodeInfo, applied: Applied): Promise<HeartbeatReply> {
    const listens = this.#presence.join(info)
    const sealed = this.#vault.seal('node', nodePlace(info.id), info)
    const reply = await this.#space.run(heartbeat, [info.id, info.boot, sealed, this.#fresh(), stampOf({ ...applied, boot: info.boot }), this.#isNews(info) ? '1' : '', SENTINEL_TIMES.alive, listens ? '1' : '', info.beat])
    const [now, incarnation, master, epoch, renews, manifest, stops, accepted, election, sentinels, lastEpoch, before] = listOf(reply)
    this.#presence.noted(info, listens, textOf(incarnation))
    return {
      now: Number(now),
      incarnation: textOf(incarnation),
      master: textOf(master) === '' ? null : { nodeId: textOf(master), epoch: numberOf(epoch), renews: numberOf(renews) },
      epoch: numberOf(lastEpoch),
      manifest: manifest === SAME ? null : this.#manifest(info.id, textOf(manifest), info.boot),
      confirmed: manifest === SAME,
      stops: pairsOf(stops).flatMap(([taskId, record]) => this.#stopOf(taskId, textOf(record)) ?? []),
      accepted: Object.fromEntries(pairsOf(accepted).map(([runId, last]) => [runId, numberOf(last)])),
      election: electionOf(election),
      sentinels: numberOf(sentinels),
      heardBefore: beatBefore(info, before),
    }
  }

  async leave(nodeId: string, boot: string): Promise<void> {
    this.#presence.leave(nodeId, boot)
    await this.#space.run(leave, [nodeId, boot])
  }

  async nodes(): Promise<NodeInfo[]> {
    return this.#list.read(await this.#space.ask((redis) => redis.call('HGETALL', `${this.#space.prefix}nodes`)), this.#monotonic())
  }

  async node(id: string): Promise<NodeInfo | null> {
    return this.#list.open(id, textOf(await this.#space.ask((redis) => redis.hget(`${this.#space.prefix}nodes`, id))))
  }

  async members(): Promise<Member[]> {
    return this.#presence.of(await this.nodes())
  }

  async acquire(nodeId: string, claimed: number, token: string, stale?: StaleLease): Promise<Acquired | NotAcquired> {
    const [outcome, ...rest] = listOf(await this.#space.run(acquire, [nodeId, claimed, token, this.#leaseTtlMs, this.#fresh(), stale?.epoch ?? '', stale?.renews ?? '', SENTINEL_TIMES.deputyStep]))
    if (outcome !== 'acquired') {
      if (rest.at(-1) === '-1') this.#warnOfEndlessLock(textOf(rest[0]))
      return { acquired: false, holder: leaseOf(rest) }
    }
    const [epoch, revision, manifests, aggregates, former, heard] = rest
    const snapshot = {
      epoch: numberOf(former),
      revision: numberOf(revision),
      manifests: pairsOf(manifests).flatMap(([id, stamped]) => this.#manifest(id, afterLine(textOf(stamped))) ?? []),
      aggregates: this.#results.aggregates(aggregates),
      heard: pairsOf(heard).flatMap(([id, last]) => heardOf(id, last) ?? []),
    }
    return { acquired: true, lease: { nodeId, epoch: numberOf(epoch), token, renews: 0 }, snapshot }
  }

  async renew(lease: Lease): Promise<Guarded> {
    return guardedOf(await this.#space.run(renew, [lease.epoch, lease.token, this.#leaseTtlMs]), () => 'done')
  }

  async release(lease: Lease): Promise<void> {
    await this.#space.run(release, [lease.epoch, lease.token])
  }

  async master(): Promise<Lease | null> {
    return leaseOf(await this.#space.ask((redis) => redis.hmget(`${this.#space.prefix}master`, 'node', 'epoch', 'token', 'renews')))
  }

  async poll(lease: Lease, cursor: string): Promise<Guarded<Poll>> {
    const polled = guardedOf(await this.#space.run(poll, [lease.epoch, lease.token, SAMPLES_AT_ONCE, ...[...positionsOf(cursor)].flat()]), ([now, revision, nodes, wishes, results]) => ({
      now: Number(now),
      revision: numberOf(revision),
      nodes: this.#list.read(nodes, this.#monotonic()),
      intents: this.#intentsOf(wishes),
      ...this.#results.read(results, cursor),
    }))
    const silent = polled.ok ? this.#list.longSilent(this.#monotonic()) : []
    if (silent.length > 0) await this.#space.run(reap, silent)
    return polled
  }

  async intents(lease: Lease): Promise<Guarded<Intent[]>> {
    return guardedOf(await this.#space.run(intents, [lease.epoch, lease.token]), ([found]) => this.#intentsOf(found))
  }

  async commit(lease: Lease, { expectRevision, revision, manifests, removed }: Commit): Promise<Guarded<'done' | 'conflict' | { alive: string }>> {
    const reply = await this.#space.run(commit, [
      lease.epoch, lease.token, expectRevision, revision, removed.length, manifests.length,
      ...removed.flatMap(({ nodeId, boot, beat }) => [nodeId, boot, beat]),
      ...manifests.flatMap((manifest) => [manifest.nodeId, `${stampOf(manifest)}\n${this.#vault.seal('manifest', wantPlace(manifest.nodeId), manifest)}`]),
      ...new Set(manifests.flatMap(({ assignments }) => assignments.map(({ taskId }) => taskId))),
    ])
    return guardedOf(reply, ([outcome, nodeId]) => (outcome === 'alive' ? { alive: textOf(nodeId) } : outcome === 'done' ? 'done' : 'conflict'))
  }

  report(batch: ReportBatch): Promise<{ accepted: number }> {
    return this.#results.report(batch)
  }

  commitAggregate(lease: Lease, aggregate: AggregateCommit): Promise<Guarded<'done' | 'conflict'>> {
    return this.#results.commit(lease, aggregate)
  }

  views(): Promise<RunView[]> {
    return this.#results.views()
  }

  live(runId: string, afterMs: number): Promise<LiveRun | null> {
    return this.#results.live(runId, afterMs)
  }

  forget(runId: string): Promise<void> {
    return this.#results.forget(runId)
  }

  async request(intent: Intent): Promise<void> {
    await this.#space.run(request, [this.#vault.seal('intent', 'req', intent)])
  }

  async stop(record: StopRecord): Promise<void> {
    await this.#space.run(stop, [record.taskId, record.orderNo, this.#vault.seal('stop', stopPlace(record.taskId), record)])
  }

  watch(topic: Topic, listener: () => void): () => void {
    return this.#nudges.watch(topic, listener)
  }

  async close(): Promise<void> {
    this.#nudges.close()
    this.#presence.close()
  }

  /** Ours always run out: somebody has meddled with it, and if its holder is dead nobody follows. */
  #warnOfEndlessLock(nodeId: string): void {
    if (this.#warned) return
    this.#warned = true
    this.#onNotice(`The mastership of ${nodeId} in Redis at ${this.#space.label} would never run out. If that node is gone: redis-cli DEL '${this.#space.prefix}master'`)
  }

  /** Names a data set if it has none yet, and by which secret. */
  #fresh(): string {
    return `${this.#envelopes.keyId}.${randomUUID()}`
  }

  /** A beat that only counts on need not wake anybody: the master looks by itself as well. */
  #isNews({ boot, drained, priority, work }: NodeInfo): boolean {
    const told = JSON.stringify([boot, drained, priority, work], (name, value: unknown) => (name === 'startAt' ? undefined : value)) // measured anew each time
    const isNews = told !== this.#told
    this.#told = told
    return isNews
  }

  /** A manifest is for one boot: a restarted node never gets the one of its former life, nor one that was copied there. */
  #manifest(nodeId: string, sealed: string, boot?: string): Manifest | null {
    const manifest = this.#vault.open<Manifest>('manifest', wantPlace(nodeId), sealed, manifestShape, (value) => value.nodeId === nodeId)
    return manifest !== null && boot !== undefined && manifest.boot !== boot ? null : manifest
  }

  #intentsOf(reply: unknown): Intent[] {
    return listOf(reply).flatMap((intent) => this.#vault.open<Intent>('intent', 'req', textOf(intent), intentShape) ?? [])
  }

  #stopOf(taskId: string, numbered: string): StopRecord | null {
    return this.#vault.open<StopRecord>('stop', stopPlace(taskId), afterLine(numbered), stopShape, (record) => record.taskId === taskId)
  }
}

function wantPlace(nodeId: string): string {
  return `want/${nodeId}`
}

function stopPlace(taskId: string): string {
  return `stop/${taskId}`
}

/** What Redis compares, so that an applied manifest is not sent again. */
function stampOf({ epoch, revision, boot }: Applied & { boot: string }): string {
  return `${epoch}:${revision}:${boot}`
}

function afterLine(text: string): string {
  return text.slice(text.indexOf('\n') + 1)
}

function leaseOf(fields: unknown[]): Lease | null {
  const [nodeId = '', epoch = '', token = '', renews = ''] = fields.map(textOf)
  return nodeId === '' || token === '' ? null : { nodeId, epoch: numberOf(epoch), token, renews: numberOf(renews) }
}
