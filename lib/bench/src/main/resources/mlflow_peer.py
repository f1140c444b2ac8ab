"""MLflow on the database that MLFLOW_PEER_URL names, in the schema MLFLOW_PEER_SCHEMA, for the measurement `tracking`.

Writes a line once it can begin, "ok" and its project; then reads a command a line from standard input, and answers each
with a line: "ok", and the seconds that it took or what was asked for; or why not. MLflow's client works on its SQL store directly, without a tracking server. Nothing is sent elsewhere.
"""

import os
import sys
import time
import urllib.parse

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what MLflow prints is no answer

METRICS, PARAMS, TAGS = 40, 20, 10


def answer(text):
    answers.write(text + "\n")
    answers.flush()


def driver():
    try:
        import psycopg2  # noqa: F401

        return "psycopg2"
    except ImportError:
        import psycopg  # noqa: F401

        return "psycopg"


try:
    from mlflow import MlflowClient, __version__
    from mlflow.entities import Metric, Param, RunTag
    from mlflow.tracking._tracking_service.utils import _get_store

    scheme = "postgresql+" + driver()
except ImportError as e:
    answer("it lacks " + str(e.name))
    sys.exit(0)

url = os.environ["MLFLOW_PEER_URL"].split("://", 1)[1].split("?", 1)[0]
uri = scheme + "://" + url + "?" + urllib.parse.urlencode(
    {"options": "-csearch_path=" + os.environ["MLFLOW_PEER_SCHEMA"]}, quote_via=urllib.parse.quote)
client = MlflowClient(uri)
project = client.create_experiment("searched", artifact_location="/tmp/mlflow_peer")
print("MLflow", __version__, "by", scheme, file=sys.stderr)
answer("ok " + project)
runs = []
long_run, step = None, 0


def points(metrics, at):
    return [Metric(f"metric_{i}", (i * 37 + at * 11) % 1000 / 1000, 1_700_000_000_000 + at, at) for i in range(metrics)]


def make(number):
    runs.extend(client.create_run(project).info.run_id for _ in range(number))


def log(number):
    params = [Param(f"param_{i}", f"v{i}") for i in range(PARAMS)]
    tags = [RunTag(f"tag_{i}", f"x{i}") for i in range(TAGS)]
    for _ in range(number):
        client.log_batch(runs.pop(), points(METRICS, 0), params, tags)


def existing(number, metrics):
    global long_run, step
    for _ in range(number):
        if long_run is None:
            long_run = client.create_run(project).info.run_id
        client.log_batch(long_run, points(metrics, step))
        step += 1


def search(number, limit):
    for _ in range(number):
        found = client.search_runs(
            [project],
            "metrics.metric_0 > 0.5 and params.param_0 = 'v3'",
            order_by=["metrics.metric_0 desc"],
            max_results=limit,
        )
        if not found or len(found[0].data.metrics) != METRICS:
            raise ValueError("the search found nothing whole")


def history(run, number):
    if len(client.get_metric_history(run, "loss")) != number:
        raise ValueError("the history is not whole")


def sampled(run, number):
    if len(_get_store(uri).get_metric_history_bulk_interval([run], "loss", number, None, None)) > number:
        raise ValueError("too many points")


COMMANDS = {"make": make, "log": log, "existing": existing, "search": search, "history": history, "sampled": sampled}

for line in sys.stdin:
    name, *arguments = line.split()
    try:
        if name == "run":
            answer("ok " + client.create_run(project).info.run_id)
        else:
            begin = time.perf_counter()
            COMMANDS[name](*[int(a) if a.isdigit() and len(a) < 20 else a for a in arguments])
            answer("ok " + repr(time.perf_counter() - begin))
    except Exception as e:
        answer("it failed: " + " ".join(str(e).split())[:200])
