// Stands in for NCCL where there is no card: the same functions (nccl.h), between threads of one process, on the host's memory. Work is done
// by a thread of each communicator, as a card does it behind the host, in the order of the calls. What begins with stand_in is not NCCL's.
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct { char internal[128]; } ncclUniqueId;
typedef enum { Success, UnhandledCudaError, SystemError, InternalError, InvalidArgument, InvalidUsage, RemoteError, InProgress } Result;
typedef enum { Reduce, Gather, Broadcast, Group } Kind;
typedef struct { int is_send; char *at; size_t count; int type, peer; } Piece;
typedef struct Work { Kind kind; const char *send; char *receive; size_t count; int type, detail; Piece pieces[64]; int n; struct Work *next; } Work;
typedef struct Clique { char id[128]; int size, joined, arrived; long turn; struct Comm *ranks[64]; struct Clique *next; } Clique;
typedef struct Comm {
  Clique *clique; int rank, aborted, leaving, error; void *stream; Work *first, *now; pthread_t worker; struct Comm *next;
} Comm;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static Clique *cliques;
static Comm *comms;
static int ids, aborts;
static _Thread_local int card = -1, depth, group_failed, fails_in, version = 22705, returns_at_once;
static _Thread_local Work *group;
static _Thread_local Comm *group_of;
static _Thread_local void *group_on;

static size_t size_of(int type) {
  static const size_t sizes[] = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2};
  return type >= 0 && type < 10 ? sizes[type] : 0;
}

static int failed(void) { return fails_in && --fails_in == 0; }

// Waits until all ranks are here; returns whether they came. The lock is held.
static int meet(Comm *c) {
  Clique *q = c->clique;
  long turn = q->turn;
  if (c->aborted) return 0;
  if (++q->arrived == q->size) {
    q->arrived = 0; q->turn++; pthread_cond_broadcast(&changed);
    return 1;
  }
  while (turn == q->turn && !c->aborted) pthread_cond_wait(&changed, &lock);
  if (turn != q->turn) return 1;
  q->arrived--;
  return 0;
}

static void sum(char *to, const char *from, size_t count, int type) {
  for (size_t i = 0; i < count; i++) {
    if (type == 7) ((float *)to)[i] += ((const float *)from)[i];
    else ((double *)to)[i] += ((const double *)from)[i];
  }
}

// What a rank receives, in memory of its own; null: the ranks do not want the same.
static char *result_of(Comm *c, Work *w, size_t *bytes) {
  Clique *q = c->clique;
  size_t each = w->count * size_of(w->type), at = 0;
  *bytes = w->kind == Gather ? each * q->size : each;
  for (int i = 0; w->kind == Group && i < w->n; i++) *bytes += w->pieces[i].is_send ? 0 : w->pieces[i].count * size_of(w->pieces[i].type);
  char *all = calloc(*bytes + 1, 1);
  for (int r = 0; r < q->size; r++) {
    Work *o = q->ranks[r]->now;
    if (o->kind != w->kind || o->count != w->count || o->type != w->type || o->detail != w->detail) return NULL;
    if (w->kind == Reduce) sum(all, o->send, w->count, w->type);
    if (w->kind == Gather) memcpy(all + r * each, o->send, each);
    if (w->kind == Broadcast && r == w->detail) memcpy(all, o->send, each);
  }
  for (int i = 0; w->kind == Group && i < w->n; i++) {
    Piece *mine = &w->pieces[i], *theirs = NULL;
    Work *o = q->ranks[mine->peer]->now;
    for (int k = 0; k < o->n; k++)
      if (o->pieces[k].peer == c->rank && o->pieces[k].is_send != mine->is_send) theirs = &o->pieces[k];
    if (!theirs || theirs->count != mine->count || theirs->type != mine->type) return NULL;
    if (mine->is_send) continue;
    memcpy(all + at, theirs->at, mine->count * size_of(mine->type));
    at += mine->count * size_of(mine->type);
  }
  return all;
}

static void *work_on(void *given) {
  Comm *c = given;
  pthread_mutex_lock(&lock);
  while (1) {
    while (!c->first && !c->leaving && !c->aborted) pthread_cond_wait(&changed, &lock);
    if (c->aborted || !c->first) break;
    Work *w = c->now = c->first;
    size_t bytes, at = 0;
    if (!meet(c)) break;
    char *all = result_of(c, w, &bytes);
    if (!all) c->error = InvalidUsage;
    if (!meet(c)) break;
    if (all && w->kind != Group) memcpy(w->receive, all, bytes);
    for (int i = 0; all && w->kind == Group && i < w->n; i++) {
      if (w->pieces[i].is_send) continue;
      size_t own = w->pieces[i].count * size_of(w->pieces[i].type);
      memcpy(w->pieces[i].at, all + at, own);
      at += own;
    }
    c->first = w->next;
    pthread_cond_broadcast(&changed);
  }
  c->first = NULL;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  return NULL;
}

static int hand(Comm *c, Work *w, void *stream) {
  Work **last = &c->first;
  int at_once = returns_at_once;
  pthread_mutex_lock(&lock);
  c->stream = stream;
  while (*last) last = &(*last)->next;
  *last = w;
  pthread_cond_broadcast(&changed);
  while (!at_once && c->first && !c->aborted) pthread_cond_wait(&changed, &lock);
  int result = c->aborted ? InternalError : Success;
  pthread_mutex_unlock(&lock);
  return result;
}

static int begin(Kind kind, const void *send, void *receive, size_t count, int type, int detail, Comm *c, void *stream) {
  if (failed()) return SystemError;
  if (!size_of(type) || !send || !receive || (kind == Reduce && (detail != 0 || (type != 7 && type != 8)))) return InvalidArgument;
  Work *w = calloc(1, sizeof *w);
  *w = (Work){.kind = kind, .send = send, .receive = receive, .count = count, .type = type, .detail = detail};
  return hand(c, w, stream);
}

static int piece(int is_send, char *at, size_t count, int type, int peer, Comm *c, void *stream) {
  if (failed()) { group_failed = 1; return SystemError; }
  if (!depth || peer < 0 || peer >= c->clique->size || !size_of(type)) return InvalidArgument;
  if (!group) group = calloc(1, sizeof *group);
  group->kind = Group;
  group->pieces[group->n++] = (Piece){is_send, at, count, type, peer};
  group_of = c;
  group_on = stream;
  return Success;
}

int ncclGetVersion(int *v) { *v = version; return Success; }

const char *ncclGetErrorString(int r) {
  static const char *words[] = {"no error", "unhandled cuda error", "unhandled system error", "internal error", "invalid argument",
    "invalid usage", "remote process exited or there was a network error", "NCCL operation in progress"};
  return r >= 0 && r < 8 ? words[r] : "unknown result code";
}

int ncclGetUniqueId(ncclUniqueId *id) {
  if (failed()) return SystemError;
  memset(id, 0x5a, sizeof *id);
  pthread_mutex_lock(&lock);
  int own = ++ids;
  pthread_mutex_unlock(&lock);
  memcpy(id->internal + 124, &own, 4);
  return Success;
}

int ncclCommInitRank(Comm **comm, int ranks, ncclUniqueId id, int rank) {
  if (failed()) return SystemError;
  if (card < 0 || ranks < 1 || ranks > 64 || rank < 0 || rank >= ranks || id.internal[0] != 0x5a) return InvalidArgument;
  Comm *c = calloc(1, sizeof *c);
  pthread_mutex_lock(&lock);
  Clique *q = cliques;
  while (q && memcmp(q->id, id.internal, 128)) q = q->next;
  if (!q) {
    q = calloc(1, sizeof *q);
    memcpy(q->id, id.internal, 128);
    q->size = ranks; q->next = cliques; cliques = q;
  }
  c->clique = q; c->rank = rank; q->ranks[rank] = c; q->joined++;
  c->next = comms; comms = c;
  pthread_cond_broadcast(&changed);
  while (q->joined < q->size) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
  pthread_create(&c->worker, NULL, work_on, c);
  *comm = c;
  return Success;
}

int ncclCommDestroy(Comm *c) {
  pthread_mutex_lock(&lock);
  c->leaving = 1;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  pthread_join(c->worker, NULL);
  return Success;
}

int ncclCommAbort(Comm *c) {
  pthread_mutex_lock(&lock);
  c->aborted = 1;
  aborts++;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  pthread_join(c->worker, NULL);
  return Success;
}

int ncclCommGetAsyncError(Comm *c, int *error) {
  pthread_mutex_lock(&lock);
  *error = c->error;
  pthread_mutex_unlock(&lock);
  return Success;
}

int ncclAllReduce(const void *send, void *receive, size_t count, int type, int operation, Comm *c, void *stream) {
  return begin(Reduce, send, receive, count, type, operation, c, stream);
}

int ncclAllGather(const void *send, void *receive, size_t count, int type, Comm *c, void *stream) {
  return begin(Gather, send, receive, count, type, 0, c, stream);
}

int ncclBroadcast(const void *send, void *receive, size_t count, int type, int root, Comm *c, void *stream) {
  return begin(Broadcast, send, receive, count, type, root, c, stream);
}

int ncclSend(const void *send, size_t count, int type, int peer, Comm *c, void *stream) {
  return piece(1, (char *)send, count, type, peer, c, stream);
}

int ncclRecv(void *receive, size_t count, int type, int peer, Comm *c, void *stream) {
  return piece(0, receive, count, type, peer, c, stream);
}

int ncclGroupStart(void) { depth++; return Success; }

int ncclGroupEnd(void) {
  if (--depth || !group) return Success;
  Work *w = group;
  int is_bad = group_failed;
  group = NULL;
  group_failed = 0;
  return is_bad ? SystemError : hand(group_of, w, group_on);
}

// The card of the calling thread: cudaSetDevice.
void stand_in_enter(int index) { card = index; }

// Waits until all work on a stream is done.
void stand_in_wait(void *stream) {
  pthread_mutex_lock(&lock);
  for (Comm *c = comms; c; c = c->next)
    while (c->stream == stream && c->first && !c->aborted) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
}

// Of the calling thread: has the call after so many fail (1: the next); has its calls return before the work is done; has it see another
// version.
void stand_in_fail(int calls) { fails_in = calls; }
void stand_in_return_at_once(int on) { returns_at_once = on; }
void stand_in_version(int v) { version = v; }

// Has what went wrong on a stream be told.
void stand_in_error(void *stream, int error) {
  pthread_mutex_lock(&lock);
  for (Comm *c = comms; c; c = c->next) if (c->stream == stream) c->error = error;
  pthread_mutex_unlock(&lock);
}

int stand_in_aborts(void) { return aborts; }
