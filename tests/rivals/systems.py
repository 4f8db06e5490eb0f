"""The systems that stand beside quantrac: how each is started, given the readings, asked and stopped."""
import contextlib, glob, json, os, pwd, signal, shutil, socket, subprocess, time
import urllib.error, urllib.parse, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(ROOT, "build/bench")
CHANNELS = ["cod", "bod", "tss", "nh4", "ph", "oxygen", "temperature", "flow_in", "flow_out",
            "total", "turbidity", "chlorine"]
COMMIT = 40000  # readings of one commit, where more is faster
SMALL = 1000    # and fewer than quantrac syncs at a time: a group of its journal, 1 MiB, holds 3,600
DUCKDB = "@duckdb/node-api@1.5.6-r.1"
TICK = os.sysconf("SC_CLK_TCK")
PATIENCE_S = 60
everything_started = []


class Wrong(Exception):
    """A system that is not there, or answers wrongly: the reason."""


# ---- processes ----

def free_ports(n):
    """n of them, each another one, since all are held until the last is found."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(n)]
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]


def free_port():
    return free_ports(1)[0]


def family(pid):
    """pid and all that descend from it: {pid: CPU seconds, reaped children included}"""
    parent, cpu = {}, {}
    for stat in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(stat) as f:
                fields = f.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        one = int(stat.split("/")[2])
        parent[one] = int(fields[1])
        cpu[one] = sum(int(x) for x in fields[11:15]) / TICK
    ours = {pid}
    while True:
        more = {p for p, of in parent.items() if of in ours} - ours
        if not more:
            return {p: cpu.get(p, 0) for p in ours}
        ours |= more


def user_of(name):
    """The user to run as: the package's when we are root, else ourselves; no name: ourselves."""
    if name is None or os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise Wrong(f"its package brings no user {name}")


class Server:
    """One process in a folder of its own, as a user of its own."""

    def __init__(self, folder, user, ready, ends_by=signal.SIGTERM):
        self.folder, self.user, self.ready, self.ends_by = folder, user_of(user), ready, ends_by
        self.process = None
        os.makedirs(folder)
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
            if subprocess.run(self.as_user(["test", "-w", folder])).returncode != 0:
                raise Wrong(f"user {user} cannot reach {folder}: open the folders above it (o+x)")

    def as_user(self, command):
        """As that user, and never longer than this program."""
        user = [f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups"] if self.user else []
        return ["setpriv", "--pdeathsig", self.ends_by.name.removeprefix("SIG")] + user + command

    def run(self, command):
        """A command that ends by itself."""
        done = subprocess.run(self.as_user(command), cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise Wrong(f"{command[0]}: {(done.stderr or done.stdout).strip()[-300:]}")

    def start(self, command, **environment):
        log = open(os.path.join(self.folder, "log"), "a")
        self.process = subprocess.Popen(self.as_user(command), cwd=self.folder, stdout=log, stderr=log,
                                        start_new_session=True,
                                        env={**os.environ, "HOME": self.folder, **environment})
        everything_started.append(self)
        until = time.monotonic() + PATIENCE_S
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > until:
                with open(log.name) as f:
                    raise Wrong(f"does not start: {f.read()[-300:].strip()}")
            time.sleep(0.05)

    def cpu(self):
        return sum(family(self.process.pid).values())

    def stop(self, how=None):
        if self.process is None:
            return
        if how == signal.SIGKILL:
            for pid in family(self.process.pid):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        elif self.process.poll() is None:
            self.process.send_signal(self.ends_by)
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.stop(signal.SIGKILL)
        self.process = None


def load(system, values, place, *more, **environment):
    """What build/bench/load prints, as {key: number}."""
    done = subprocess.run([os.path.join(BENCH, "load"), system, str(values), place] + [str(m) for m in more],
                          capture_output=True, text=True, cwd=ROOT, env={**os.environ, "HOME": BENCH, **environment})
    if done.returncode == -signal.SIGKILL and system.startswith("duckdb"):
        return {}
    if done.returncode != 0:
        raise Wrong(done.stderr.strip())
    return {key: float(number) for key, number in (line.split() for line in done.stdout.splitlines())}


def bytes_in(*folders):
    """As du counts: InfluxDB's series files are longer than what they hold."""
    total = 0
    for top in folders:
        for folder, _, names in os.walk(top):
            for name in names:
                try:
                    total += os.lstat(os.path.join(folder, name)).st_blocks * 512
                except FileNotFoundError:  # merged away meanwhile
                    pass
    return total


def http(port, path, **form):
    data = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", data, timeout=PATIENCE_S) as answer:
        return answer.read()


def answers(port, path):
    try:
        http(port, path)
        return True
    except (urllib.error.URLError, OSError):
        return False


def settled(size):
    """Wait until what `size` tells has not changed for two seconds."""
    until, last, since = time.monotonic() + PATIENCE_S, None, time.monotonic()
    while time.monotonic() < until:
        now = size()
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > 2:
            return
        time.sleep(0.2)
    raise Wrong("does not come to rest")


# ---- the systems: start, give, found -> {channel: (values, their sum)}, rest -> bytes ----
# promise: what an acknowledgement means; keeps: all of a reading's evidence, or time and values

class Influx:
    name, form, keeps = "InfluxDB 1.6", "line protocol, 5,000 points a request", "values"
    binary = "influxd"
    promise = "its WAL is fsynced"

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.server = Server(folder, "influxdb", lambda: answers(self.port, "/ping"))
        with open(os.path.join(folder, "conf"), "w") as f:
            f.write(f'reporting-enabled = false\nbind-address = "127.0.0.1:{free_port()}"\n'
                    f'[meta]\ndir = "{folder}/meta"\n[data]\ndir = "{folder}/data"\nwal-dir = "{folder}/wal"\n'
                    f'[http]\nbind-address = "127.0.0.1:{self.port}"\nlog-enabled = false\n')
        self.start()
        http(self.port, "/query", q="CREATE DATABASE bench")

    def start(self, **environment):
        self.server.start(["influxd", "-config", os.path.join(self.folder, "conf")], **environment)

    def give(self, values, kill=0):
        return load("influx", values, str(self.port), 5000, 1, kill)

    def found(self):
        answer = json.loads(http(self.port, "/query", db="bench", q="SELECT count(*), sum(*) FROM outlet"))
        series = answer["results"][0].get("series")
        row = dict(zip(series[0]["columns"], series[0]["values"][0])) if series else {}
        return {c: (row.get(f"count_{c}", 0), row.get(f"sum_{c}", 0)) for c in CHANNELS}

    def rest(self):
        """Started again so that what is cold is compacted at once, not after hours."""
        self.server.stop()
        self.start(INFLUXDB_DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION="1s",
                   INFLUXDB_DATA_COMPACT_FULL_WRITE_COLD_DURATION="1s")
        settled(lambda: bytes_in(self.folder + "/data", self.folder + "/wal/bench"))
        return bytes_in(self.folder + "/data/bench", self.folder + "/wal/bench")


class Victoria:
    name, form, keeps = "VictoriaMetrics 1.79", "JSON lines, 60,000 values a request", "values"
    binary = "victoria-metrics"
    promise = "in memory; on disk seconds later"

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.server = Server(folder, "_victoria-metrics", lambda: answers(self.port, "/health"))
        self.start()

    def start(self):
        self.server.start(["victoria-metrics", f"-storageDataPath={self.folder}/data", "-retentionPeriod=100y",
                           f"-httpListenAddr=127.0.0.1:{self.port}", "-loggerLevel=WARN"])

    def give(self, values, kill=0):
        return load("victoria-json", values, str(self.port), 5000, 1, kill)

    def asked(self, function):
        """{metric: what the function makes of all its values}"""
        query = function + '({station="bt-outlet"}[365d]) keep_metric_names'
        answer = json.loads(http(self.port, "/api/v1/query", query=query, time="1733000000"))
        return {one["metric"]["__name__"]: float(one["value"][1]) for one in answer["data"]["result"]}

    def found(self):
        http(self.port, "/internal/force_flush")
        counts, sums = self.asked("count_over_time"), self.asked("sum_over_time")
        return {c: (counts.get(f"outlet_{c}", 0), sums.get(f"outlet_{c}", 0)) for c in CHANNELS}

    def rest(self):
        http(self.port, "/internal/force_flush")
        http(self.port, "/internal/force_merge")
        settled(lambda: bytes_in(self.folder + "/data"))
        return bytes_in(self.folder + "/data")


class VictoriaNative(Victoria):
    """The form it exports itself: its own blocks, made by another one of its kind."""
    form = "native: blocks it exported itself"

    def give(self, values, kill=0):
        maker = Victoria(self.folder + "-maker")
        try:
            maker.give(values)
            http(maker.port, "/internal/force_flush")
            with open(self.folder + "-native", "wb") as f:
                f.write(http(maker.port, "/api/v1/export/native", **{"match[]": '{station="bt-outlet"}'}))
        finally:
            maker.server.stop()
            shutil.rmtree(maker.folder)
        return load("victoria-native", values, f"{self.port},{self.folder}-native", 5000, 1, kill)


class Postgres:
    name, form, keeps = "PostgreSQL 15", "COPY BINARY, 40,000 rows a commit", "values"
    binary = "/usr/lib/postgresql/15/bin/postgres"
    promise = "its WAL is synced (fdatasync)"
    client, commit, options, more_columns = "postgres", COMMIT, [], ""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.place = self.socket = f"host={folder} port={self.port} user=postgres dbname=postgres"
        self.server = Server(folder, "postgres", lambda: self.answers(), signal.SIGINT)
        self.server.run([f"{os.path.dirname(self.binary)}/initdb", "-D", f"{folder}/data", "-U", "postgres",
                         "-A", "trust", "-E", "UTF8", "--locale=C"])
        self.start()
        self.sql("CREATE TABLE outlet(time timestamptz, " + self.more_columns +
                 ", ".join(f"{c} float8" for c in CHANNELS) + ")")

    def start(self):
        self.server.start([self.binary, "-D", f"{self.folder}/data", "-k", self.folder, "-p", str(self.port),
                           "-c", "fsync=on", "-c", "synchronous_commit=on"] +
                          (self.options or ["-c", "listen_addresses="]))

    def sql(self, statement):
        done = subprocess.run(["psql", self.socket, "-XAtqc", statement], capture_output=True, text=True)
        if done.returncode != 0:
            raise Wrong(done.stderr.strip())
        return done.stdout.strip().split("|")

    def answers(self):
        try:
            return self.sql("SELECT 1") == ["1"]
        except Wrong:
            return False

    def give(self, values, kill=0):
        return load(self.client, values, self.place, self.commit, 1, kill)

    def found(self):
        columns = ", ".join(f"count({c}), coalesce(sum({c}), 0)" for c in CHANNELS)
        numbers = [float(number) for number in self.sql(f"SELECT {columns} FROM outlet")]
        return dict(zip(CHANNELS, zip(numbers[::2], numbers[1::2])))

    def rest(self):
        self.sql("CHECKPOINT")
        return int(self.sql("SELECT pg_total_relation_size('outlet')")[0])


class PostgresSmall(Postgres):
    form, commit = "COPY BINARY, 1,000 rows a commit", SMALL


class PostgresRecord(Postgres):
    """The same evidence, kept once, over an encrypted connection: what the link of quantrac does."""
    form, client, keeps = "the same 1,000, unique key, over TLS", "postgres-record", "all"
    commit = SMALL
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "ssl=on"]
    more_columns = ("epoch int8, seq int8, boot int8, since_boot int8, states bytea, frame bytea, "
                    "PRIMARY KEY (epoch, seq), ")

    def start(self):
        if not os.path.exists(f"{self.folder}/data/server.key"):
            self.server.run(["openssl", "req", "-new", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                             "-out", f"{self.folder}/data/server.crt", "-keyout", f"{self.folder}/data/server.key"])
        self.place = f"host=127.0.0.1 sslmode=require port={self.port} user=postgres dbname=postgres"
        super().start()


class PostgresRecordLarge(PostgresRecord):
    form, commit = "the same 40,000, unique key, over TLS", COMMIT


class DuckDB:
    """In the process of its client: no server, no wire."""
    name, form, keeps = "DuckDB 1.5", "appender, 40,000 rows a commit", "values"
    binary = "npm"
    promise = "its WAL or file is fsynced"
    client, commit = "duckdb", COMMIT
    server = None

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.place = f"{self.library()},{folder}/db"

    @staticmethod
    def library():
        node = os.path.join(BENCH, "node")
        pattern = f"{node}/node_modules/@duckdb/node-bindings-*/libduckdb.so"
        if not glob.glob(pattern):
            os.makedirs(node, exist_ok=True)
            done = subprocess.run(["npm", "install", "--prefix", node, "--no-save", "--no-audit", "--no-fund", DUCKDB],
                                  capture_output=True, text=True)
            if done.returncode != 0 or not glob.glob(pattern):
                raise Wrong(f"npm install {DUCKDB}: {done.stderr.strip()[:300] or 'no library for this machine'}")
        return glob.glob(pattern)[0]

    def start(self):
        pass

    def give(self, values, kill=0):
        return load(self.client, values, self.place, self.commit, 1, -1 if kill else 0)

    def found(self):
        answer = load("duckdb-found", 12, self.place)
        return {c: (answer["found_" + c], answer["found_sum_" + c]) for c in CHANNELS}

    def rest(self):
        load("duckdb-found", 12, self.place)
        return bytes_in(self.folder)


class DuckDBSmall(DuckDB):
    form, commit = "appender, 1,000 rows a commit", SMALL


class DuckDBRecord(DuckDB):
    form, client, keeps = "appender, 1,000 rows a commit", "duckdb-record", "all"
    commit = SMALL


class DuckDBRecordLarge(DuckDBRecord):
    form, commit = "appender, 40,000 rows a commit", COMMIT


class DuckDBOnce(DuckDB):
    form, commit = "appender, one commit at the end", 10 ** 9
    promise = "nothing before the end; then fsynced"


SYSTEMS = [Influx, Victoria, VictoriaNative, Postgres, PostgresSmall, PostgresRecord, PostgresRecordLarge,
           DuckDB, DuckDBSmall, DuckDBRecord, DuckDBRecordLarge, DuckDBOnce]
