# Targets that prove: check, lint, bench, and the gates that .ci/run calls one by one.

TEST_BINARIES = $(TESTS:%=build/san/tests/%)
SAN_PROGRAMS  = $(PROGRAMS:%=build/san/%)
OURS          = $(wildcard $(ROOMS:%=%/*.[ch]) $(ROOMS:%=%/*/*.[ch])) $(wildcard tests/*/*.[ch])

include tests/prove.mk

check: $(TEST_BINARIES) $(SAN_PROGRAMS) $(PROGRAMS:%=build/%) build/shim_pty.so $(SHIPPED)
	@tests/storeys
	@tests/run-tests $(TEST_BINARIES)

# Run one test by name: make try T=modbus
try: build/san/tests/test_$(T) $(SAN_PROGRAMS) build/shim_pty.so $(SHIPPED)
	@tests/run-tests $<

# README.md is about the programs in build/, and libfaketime does not go with the sanitizers
build/san/tests/test_readme: | $(PROGRAMS:%=build/%)

lint:
	@tests/lint $(OURS)

POLLING = $(PROGRAMS:%=build/%) build/shim_pty.so $(SHIPPED)
BENCH_KIT = bench/benchkit bench/benchraw bench/benchcabinet kits/memory_group
BENCHES = $(patsubst tests/bench/bench_%.c,build/bench/%,$(wildcard tests/bench/bench_*.c))
build/bench/%: build/rel/tests/bench/bench_%.o $(BENCH_KIT:%=build/rel/tests/%.o) $(LINKS.quantrac-office:%=build/rel/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

bench: $(BENCHES) build/bench/load $(POLLING)
	@failed=0; tests/run-benches $(BENCHES) || failed=1; \
	tests/rivals/instruments $(BENCH_SECONDS) || failed=1; \
	tests/rivals/run $(BENCH_VALUES) $(BENCH_ROUNDS) || failed=1; \
	exit $$failed

# 32 instruments at 1 Hz by one sensord, beside collectd's modbus plugin: a part of bench, or by itself.
BENCH_SECONDS ?= 60
instruments: $(POLLING)
	@tests/rivals/instruments $(BENCH_SECONDS)
.PHONY: instruments

# quantrac beside InfluxDB, VictoriaMetrics, PostgreSQL and DuckDB: the last part of bench, or by itself.
build/bench/load: $(patsubst %.c,build/rel/%.o,$(wildcard tests/rivals/*.c)) $(BENCH_KIT:%=build/rel/tests/%.o) $(LINKS.quantrac-office:%=build/rel/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lpq
-include $(wildcard build/rel/tests/rivals/*.d)
BENCH_VALUES ?= 10000000
BENCH_ROUNDS ?= 1
rivals: build/bench/load build/bench/link build/quantrac-collectd
	@tests/rivals/run $(BENCH_VALUES) $(BENCH_ROUNDS)
.PHONY: rivals

# One target per family of decoders of outside bytes; seeds come from the real encoders.
FUZZERS    = $(patsubst tests/fuzz/fuzz_%.c,build/fuzz/%,$(filter-out tests/fuzz/fuzz_seeds.c tests/fuzz/fuzz_kit.c,$(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_ROOMS = web exports reports analysis calibration collector archive sensors base
FUZZ_RUNS ?= 10000000
FUZZ_CC   ?= clang
FUZZ_FLAGS = -std=c17 -Wall -Werror $(DEFINES) -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
build/fuz/%.o: %.c build/see/.made
	@mkdir -p $(@D)
	$(call say,FUZZ,$<) $(FUZZ_CC) $(FUZZ_FLAGS) -MMD -MP -iquote build/see/$(call room_of,$*) \
	  $(cflags.$(call room_of,$*)) -c -o $@ $<
$(foreach r,$(FUZZ_ROOMS),$(eval build/fuz/lib$(r).a: $(patsubst %.c,build/fuz/%.o,$(filter $(r)/%,$(LIBRARY)))))
build/fuz/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
build/fuzz/%: build/fuz/tests/fuzz/fuzz_%.o build/fuz/tests/fuzz/fuzz_kit.o $(FUZZ_ROOMS:%=build/fuz/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) clang -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS)
build/fuzz/seeds/.made: build/rel/tests/fuzz/fuzz_seeds.o build/rel/libtests.a $(LINKS.quantrac-office:%=build/rel/lib%.a) \
                        $(wildcard tests/fuzz/seeds/*/*) $(SHIPPED)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o build/fuzz/.write-seeds $(filter %.o %.a,$^) $(LDLIBS) -lcmocka
	$(Q)rm -rf $(@D)/* && build/fuzz/.write-seeds $(@D) && touch $@
build/fuz/web/assets.o: $(wildcard web/page/*)
-include $(wildcard build/fuz/*/*.d build/fuz/*/*/*.d)

fuzz: $(FUZZERS) build/fuzz/seeds/.made $(SHIPPED)
	@tests/run-fuzzers $(FUZZ_RUNS) $(FUZZERS)

page: all
	@tests/page

packages:
	@tests/packages

.PHONY: check try lint bench fuzz page packages

# Sealed files as the world's tools see them; Modbus servers and a master of others.
build/peers/%: tests/peers/%.c build/see/.made
	@mkdir -p $(@D)
	$(call say,PEER,$@) $(CC) -std=c17 -Wall -Wextra -Werror -O1 -g -o $@ $< -lmodbus
interop: build/san/tests/test_interop build/san/tests/prove_strangers build/peers/libmodbus_server build/san/quantrac $(SHIPPED)
	@tests/run-tests $(filter build/san/tests/%,$^)
.PHONY: interop

# The power of a machine is cut while cabinet and collector run in it; the short form: CUTS=4 UNPLUGS=2 FAILURES=1
CUTS     ?= 40
UNPLUGS  ?= 20
FAILURES ?= 10
crash-vm: all
	@tests/vm/crash-vm --cuts $(CUTS) --unplugs $(UNPLUGS) --failures $(FAILURES) build
.PHONY: crash-vm

# A disk of 20 MB that somebody else fills, under cabinet and collector in turn; in mounts of its own.
disk: all
	@tests/vm/full-disk build
.PHONY: disk

# A year of a cabinet and its collector by a clock moved by hand; the release build, since memory is measured.
build/soak/year: build/rel/tests/prove/soak_year.o build/rel/libtests.a $(LINKS.quantrac-office:%=build/rel/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
soak: build/soak/year $(SHIPPED)
	@QUANTRAC_ROOT=$(CURDIR) build/soak/year
.PHONY: soak

# Two verifiers over good and damaged archives, the commands of the page, files by strangers.
MUTATIONS ?= 100
SEED ?= 20261115
BYTES ?= 2000
proof: all
	@/usr/bin/python3 tests/prove_archive.py build/quantrac $(MUTATIONS) $(SEED) $(BYTES)
.PHONY: proof

# 200 cabinets with a day of backlog, one collector in 64 MiB; NOT RUN without a memory group
agents: build/bench/agents build/quantrac-collectd
	@build/bench/agents
.PHONY: agents

# ---- nobody in: the shipped programs under attack; figures need a build without ASan ----
ATTACKS = $(patsubst tests/attack/attack_%.c,build/attack/%,$(filter-out tests/attack/attack_kit%,$(wildcard tests/attack/attack_*.c)))
build/attack/%: build/rel/tests/attack/attack_%.o build/rel/tests/attack/attack_kit.o build/rel/tests/attack/attack_kit_insider.o \
                build/rel/libtests.a $(LINKS.quantrac-office:%=build/rel/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
attack: $(ATTACKS) build/quantrac-collectd build/quantrac-sensord build/quantrac build/quantrac-office
	@tests/run-attacks $(ATTACKS)
.PHONY: attack

# ---- the link, in network namespaces ----
build/tool/%: build/rel/tests/prove/tool_%.o build/rel/libtests.a $(LINKS.quantrac-office:%=build/rel/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
link: build/tool/fill_cabinet $(PROGRAMS:%=build/%) $(SHIPPED)
	@tests/namespaces
.PHONY: link

# ---- the clock, moved by libfaketime under the shipped programs ----
build/shim_pty.so build/shim_sync.so: build/shim_%.so: tests/prove/shim_%.c build/see/.made
	$(call say,SHIM,$@) $(CC) $(WARN) -D_GNU_SOURCE -O1 -g -fPIC -shared -o $@ $<
build/trial/%: build/rel/tests/prove/trial_%.o build/rel/libtests.a $(LINKS.quantrac-office:%=build/rel/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
clock: build/trial/clock build/shim_sync.so $(PROGRAMS:%=build/%) $(SHIPPED)
	@QUANTRAC_ROOT=$(CURDIR) QUANTRAC_PROGRAMS=build/ $<
.PHONY: clock

# ---- threads: the daemons and the tests that have some, under ThreadSanitizer ----
TSAN_TESTS = socket ring counts link uplink keeper keys crew seal e2e_sensord e2e_senses e2e_collectd e2e_replay
TSAN_FLAGS = -O1 -g -fsanitize=thread -fno-omit-frame-pointer
TSAN_PROGRAMS = quantrac quantrac-office quantrac-sensord quantrac-collectd
build/tsan/%.o: %.c build/see/.made
	@mkdir -p $(@D)
	$(call say,TSAN,$<) $(call compile,$*,$(TSAN_FLAGS) -Wno-tsan)
$(foreach r,$(ROOMS),$(eval build/tsan/lib$(r).a: $(patsubst %.c,build/tsan/%.o,$(filter $(r)/%,$(LIBRARY)))))
build/tsan/libtests.a: $(HELPERS:%.c=build/tsan/%.o)
build/tsan/web/assets.o: $(wildcard web/page/*)
build/tsan/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
$(foreach p,$(TSAN_PROGRAMS),$(eval build/tsan/$(p): build/tsan/$(PROGRAM.$(p)).o $(LINKS.$(p):%=build/tsan/lib%.a)))
$(TSAN_PROGRAMS:%=build/tsan/%):
	$(call say,LINK,$@) $(CC) $(TSAN_FLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
build/tsan/tests/test_%: build/tsan/libtests.a $(LINKS.quantrac-office:%=build/tsan/lib%.a)
	$(call say,LINK,$@) $(CC) $(TSAN_FLAGS) $(LDFLAGS) -o $@ $(linked) $(LDLIBS) -lcmocka
tsan: $(TSAN_TESTS:%=build/tsan/tests/test_%) $(TSAN_PROGRAMS:%=build/tsan/%) $(SHIPPED)
	@tests/run-tsan $(TSAN_TESTS:%=build/tsan/tests/test_%)
.PHONY: tsan
-include $(wildcard build/tsan/*/*.d build/tsan/*/*/*.d)

# What .ci/run needs built before two gates run beside one another
gates: all $(SAN_PROGRAMS) $(ATTACKS) build/tool/fill_cabinet build/trial/clock build/shim_sync.so build/shim_pty.so \
       build/shim_writes.so build/shim_fail.so build/soak/year build/bench/agents build/prove/faults \
       build/san/tests/test_interop build/san/tests/prove_strangers build/san/tests/prove_crash build/san/tests/prove_kills build/san/tests/prove_failing
.PHONY: gates
