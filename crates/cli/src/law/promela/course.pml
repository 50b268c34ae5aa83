/* Walks the graphs of a table that `guiju law promela` wrote, at will, and keeps the memory of each constraint itself.
 *
 * The table is named by GUIJU_GRAPHS. A demand on a step is a precondition of the step. What no course may do for ever is asked as
 * the absence of an acceptance cycle: steps that are marked as turning pass `accept_turned`.
 *
 * A table: the number of graphs, nodes and edges; for each graph its start, shape, bound and whether it is demanded only once;
 * for each node its graph, whether it may be come to, and its first edge; for each edge its end, its letters, whether it turns. */
c_decl {
enum { BEFORE, GAP, WITHIN, NEVER, COUNT, EACH, ENDS };
struct graph { int start, shape, most, once; };
struct node { int graph, bad, out; };
struct edge { int to, letters, turns; };
static int graphs, nodes, edges;
static struct graph *graph;
static struct node *place;
static struct edge *step;

static int number(FILE *file) {
  int n;
  if (fscanf(file, "%d", &n) != 1) { fputs("the table is cut short\n", stderr); exit(1); }
  return n;
}

static void load(void) {
  FILE *file;
  int i;
  if (step) return;
  file = fopen(getenv("GUIJU_GRAPHS") ? getenv("GUIJU_GRAPHS") : "", "r");
  if (!file) { fputs("GUIJU_GRAPHS names no table\n", stderr); exit(1); }
  graphs = number(file); nodes = number(file); edges = number(file);
  graph = calloc(graphs + 1, sizeof *graph);
  place = calloc(nodes + 1, sizeof *place);
  step = calloc(edges + 1, sizeof *step);
  for (i = 0; i < graphs; i++) { graph[i].start = number(file); graph[i].shape = number(file); graph[i].most = number(file); graph[i].once = number(file); }
  for (i = 0; i < nodes; i++) { place[i].graph = number(file); place[i].bad = number(file); place[i].out = number(file); }
  for (i = 0; i < edges; i++) { step[i].to = number(file); step[i].letters = number(file); step[i].turns = number(file); }
  place[nodes].out = edges;
  fclose(file);
}

static int keeps(int at, int letters, int first, int waived, int once) {
  struct graph *of = &graph[place[at].graph];
  int met = letters & 8;
  if (!(letters & 2) || !(letters & 4) || waived || (of->once && !once)) return 1;
  switch (of->shape) {
    case BEFORE: return first > 0;
    case GAP: case WITHIN: return met || first == 0;
    case NEVER: return first == 0;
    case COUNT: return first < of->most;
    case EACH: return met;
    default: return 1;
  }
}
}

byte first, waived, once_done;
int at, chosen;

active proctype course() {
  atomic {
    c_code { load(); now.chosen = 0; };
    do
    :: c_expr { now.chosen + 1 < graphs } -> chosen++
    :: break
    od;
    c_code { now.at = graph[now.chosen].start; now.chosen = 0; };
  }
again:
  atomic {
    c_code [ !place[now.at].bad ] { now.chosen = place[now.at].out; };
    if
    :: c_expr { now.chosen == place[now.at + 1].out } -> goto over
    :: else -> skip
    fi;
    do
    :: c_expr { now.chosen + 1 < place[now.at + 1].out } -> chosen++
    :: break
    od;
    c_code [ keeps(now.at, step[now.chosen].letters, now.first, now.waived, now.once_done) ] {
      int letters = step[now.chosen].letters;
      struct graph *of = &graph[place[now.at].graph];
      int counts = of->shape == COUNT;
      if ((letters & 64) && !counts) { now.first = 0; now.waived = 0; }
      if ((letters & 2) && of->shape == WITHIN) now.first = 0;
      if (letters & 16) now.waived = 1;
      if (letters & 1) {
        if (!counts) now.first = 1;
        else if (now.first <= of->most) now.first++;
        if (of->shape == GAP || of->shape == WITHIN) now.waived = 0;
      }
      if ((letters & 32) && of->once) now.once_done = 1;
      now.at = step[now.chosen].to;
    };
    if
    :: c_expr { step[now.chosen].turns } -> chosen = 0; goto accept_turned
    :: else -> chosen = 0; goto again
    fi;
  };
accept_turned: skip; goto again;
over: skip
}
