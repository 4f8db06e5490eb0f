# Targets that prove: check, lint, bench, and the gates that .ci/run calls one by one.

TEST_BINARIES = $(TESTS:%=build/san/tests/%)
SAN_PROGRAMS  = $(PROGRAMS:%=build/san/%)
OURS          = $(wildcard $(ROOMS:%=%/*.[ch])) $(wildcard tests/*.[ch])

include tests/prove.mk

check: $(TEST_BINARIES) $(SAN_PROGRAMS) $(PROGRAMS:%=build/%) build/shim_pty.so $(SHIPPED)
	@tests/storeys
	@tests/run-tests $(TEST_BINARIES)

# Run one test by name: make try T=modbus
try: build/san/tests/test_$(T) $(SAN_PROGRAMS) build/shim_pty.so $(SHIPPED)
	@tests/run-tests $<

build/shim_pty.so: $(wildcard tests/shim_pty.c) build/see/.made
	@mkdir -p $(@D)
	$(if $(wildcard tests/shim_pty.c),$(call say,SHIM,$@) $(CC) $(WARN) -D_GNU_SOURCE -O1 -g -fPIC -shared -o $@ $<,@:)

lint:
	@tests/lint $(OURS)

BENCH_KIT = benchkit benchraw memory_group
BENCHES = $(patsubst tests/bench_%.c,build/bench/%,$(wildcard tests/bench_*.c))
build/bench/%: build/rel/tests/bench_%.o $(BENCH_KIT:%=build/rel/tests/%.o) $(LINKS.quantrac-office:%=build/rel/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

bench: $(BENCHES) build/quantrac-collectd
	@tests/run-benches $(BENCHES)

FUZZERS = $(patsubst tests/fuzz_%.c,build/fuzz/%,$(wildcard tests/fuzz_*.c))
FUZZ_RUNS ?= 10000000
FUZZ_FLAGS = -std=c17 $(DEFINES) -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
build/fuz/%.o: %.c build/see/.made
	@mkdir -p $(@D)
	$(call say,FUZZ,$<) clang $(FUZZ_FLAGS) -MMD -MP -iquote build/see/$(call room_of,$*) \
	  $(cflags.$(call room_of,$*)) -c -o $@ $<
build/fuzz/%: build/fuz/tests/fuzz_%.o $(patsubst %.c,build/fuz/%.o,$(filter base/% sensors/%,$(LIBRARY)))
	@mkdir -p $(@D)
	$(call say,LINK,$@) clang -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS)
-include $(wildcard build/fuz/*/*.d)

fuzz: $(FUZZERS) $(SHIPPED)
	@tests/run-fuzzers $(FUZZ_RUNS) $(FUZZERS)

page: all
	@tests/page

packages:
	@tests/packages

.PHONY: check try lint bench fuzz page packages

interop: build/san/tests/test_interop
	@tests/run-tests $<
.PHONY: interop

# The power of a machine is cut while cabinet and collector run in it; the short form: CUTS=4 UNPLUGS=2
CUTS    ?= 40
UNPLUGS ?= 20
crash-vm: all
	@tests/vm/crash-vm --cuts $(CUTS) --unplugs $(UNPLUGS) build
.PHONY: crash-vm

# A disk of 20 MB that somebody else fills, under cabinet and collector in turn; in mounts of its own.
disk: all
	@tests/vm/full-disk build
.PHONY: disk

# A year of a cabinet and its collector by a clock moved by hand; the release build, since memory is measured.
build/soak/year: build/rel/tests/soak_year.o build/rel/libtests.a $(LINKS.quantrac-office:%=build/rel/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
soak: build/soak/year $(SHIPPED)
	@QUANTRAC_ROOT=$(CURDIR) build/soak/year
.PHONY: soak

# Two verifiers over good and damaged archives, the commands of the page, files by strangers.
MUTATIONS ?= 100
proof: all
	@/usr/bin/python3 tests/prove_archive.py build/quantrac $(MUTATIONS)
.PHONY: proof
# 200 cabinets with a day of backlog, one collector in 64 MiB; NOT RUN without a memory group
agents: build/bench/agents build/quantrac-collectd
	@build/bench/agents
.PHONY: agents
