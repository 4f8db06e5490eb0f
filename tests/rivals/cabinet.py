"""The 32 instruments as each program is told of them: scenario of the simulator, station, collector, collectd.conf."""
import os

N = 32
CHANNELS = ["dust", "so2", "nox", "co", "o2", "temperature", "pressure", "flow"]  # float, big-endian, from register 0
MODELS = 8  # different profiles
STATION = "cabinet"


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def profiles(folder, lines):
    for model in range(MODELS):
        head = (f"name: bench-{model}\nmaker: nobody\nmodel: bench {model}\nsummary: made up for this bench\n"
                "source: made up for this bench\ndriver: modbus\nsimulation: yes\nline: 115200 8N1\nslave: 1\n"
                "poll_every: 1s\ntimeout: 500ms\n"
                f"blocks:\n  - {{name: values, function: 3, start: 0, count: {2 * len(lines.channels)}, source: made up}}\n"
                "channels:\n")
        channels = "".join(f"  - {{name: {name}, label_vi: {name}, label_en: {name}, unit: \"1\", low: 0, high: 1000, "
                           f"block: values, at: {2 * i}, type: f32, order: ABCD, result_every: 1s}}\n"
                           for i, name in enumerate(lines.channels))
        write(folder, f"profiles/bench-{model}.yaml", head + channels)


class Lines:
    """N instruments and where they are: so many slaves on each line, a TCP port or the path of a serial line."""

    def __init__(self, lines, slaves, channels):
        self.channels = channels
        self.serial = isinstance(lines[0], str)
        self.line = {f"p{i}": line for i, line in enumerate(lines)}
        self.instrument = [(f"i{i}", f"p{i // slaves}", i % slaves + 1) for i in range(len(lines) * slaves)]

    def of_line(self, name):
        return [(i, slave) for i, line, slave in self.instrument if line == name]


def scenario_yaml(folder, lines):
    ports = "".join(f"  - {{id: {name}, " + ("mode: rtu}\n" if lines.serial else
                                             f"mode: tcp, listen: \"127.0.0.1:{line}\"}}\n")
                    for name, line in lines.line.items())
    channels = ", ".join(f"{{name: {name}, mean: {40 + 10 * i}, noise: 1}}" for i, name in enumerate(lines.channels))
    instruments = "".join(f"  - {{id: {name}, profile: bench-{i % MODELS}, port: {line}, slave: {slave}, "
                          f"delay: {'5ms' if lines.serial else '1ms'}, channels: [{channels}]}}\n"
                          for i, (name, line, slave) in enumerate(lines.instrument))
    write(folder, "scenario.yaml", "scenario: {name: bench, seed: 7, start: \"2026-11-01T00:00\", profiles: profiles}\n"
          f"ports:\n{ports}instruments:\n{instruments}")


def station_yaml(folder, lines, collector):
    ports = "".join(f"  - {{id: {name}, " + (f"path: {line}, line: 115200 8N1}}\n" if lines.serial else
                                             f"tcp: \"127.0.0.1:{line}\"}}\n") for name, line in lines.line.items())
    instruments = "".join(f"  - {{id: {name}, profile: bench-{i % MODELS}, port: {line}, slave: {slave}, "
                          "poll_every: 1s}\n" for i, (name, line, slave) in enumerate(lines.instrument))
    link = "" if collector is None else (f"collector: {{endpoint: \"tcp://127.0.0.1:{collector}\", server_key: keys/collector.pub, "
                                         f"secret_key: keys/{STATION}.secret}}\n")
    write(folder, "station.yaml", "zone: {id: kcn-mau, name: KCN Mẫu}\n"
          f"station: {{id: {STATION}, name: Bench, simulation: yes}}\nfacility: {{id: a, name: A}}\n"
          "outlets: [{id: x, name: X, kind: stack}]\njournal: {folder: journal}\nprofiles: profiles\n"
          f"{link}ports:\n{ports}instruments:\n{instruments}")


def collector_yaml(folder, port):
    write(folder, "collector.yaml", f"archive: archive\nzone: {{id: kcn-mau}}\nlisten: \"tcp://127.0.0.1:{port}\"\n"
          "key: keys/collector.secret\nagents: agents\nallow_simulated: yes\n")


def collectd_conf(folder, lines, writes):
    data = "".join(f"  <Data \"{name}\">\n    RegisterBase {2 * i}\n    RegisterType Float\n    RegisterCmd ReadHolding\n"
                   f"    Type gauge\n    Instance \"{name}\"\n  </Data>\n" for i, name in enumerate(lines.channels))
    collect = "".join(f"      Collect \"{name}\"\n" for name in lines.channels)
    hosts = ""
    for name, line in lines.line.items():
        place = (f"    Device \"{line}\"\n    Baudrate 115200\n" if lines.serial else
                 f"    Address \"127.0.0.1\"\n    Port \"{line}\"\n")
        slaves = "".join(f"    <Slave {slave}>\n      Instance \"{instrument}\"\n{collect}    </Slave>\n"
                         for instrument, slave in lines.of_line(name))
        hosts += f"  <Host \"{name}\">\n{place}    Interval 1\n{slaves}  </Host>\n"
    csv = (f"LoadPlugin csv\n<Plugin csv>\n  DataDir \"{folder}/csv\"\n  StoreRates false\n</Plugin>\n" if writes else "")
    write(folder, "collectd.conf", f"Hostname \"bench\"\nFQDNLookup false\nBaseDir \"{folder}\"\nPIDFile \"{folder}/pid\"\n"
          "PluginDir \"/usr/lib/collectd\"\nTypesDB \"/usr/share/collectd/types.db\"\nInterval 1\nLoadPlugin logfile\n"
          "<Plugin logfile>\n  LogLevel info\n  File STDOUT\n  Timestamp true\n</Plugin>\n"
          f"{csv}LoadPlugin modbus\n<Plugin modbus>\n{data}{hosts}</Plugin>\n")
