# quantrac: two commands on a fresh machine
#   make demo    a whole zone in a box: simulated instruments, sensord, collectd, page, breach report
#   make check   every test, under the address and undefined-behaviour sanitizers
# and: make help

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

VERSION  = 0.1.0
PREFIX  ?= /usr
CFLAGS  ?= -O2 -g

WARN     = -std=c17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Werror \
           -Wstrict-prototypes -Wmissing-prototypes -Wno-unused-parameter \
           -Wno-format-truncation # texts have fixed room, and snprintf cuts them on purpose
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
DEFINES  = -D_GNU_SOURCE -DQUANTRAC_VERSION='"$(VERSION)"' -DQUANTRAC_SHARE='"$(PREFIX)/share/quantrac"'

# ---- the storeys: which rooms a room may see, and whose library it may speak to ----
ROOMS       = base sensors archive collector calibration analysis reports exports alarms web cli
JUDGING     = base archive calibration analysis
base.sees        = base
sensors.sees     = base sensors
archive.sees     = base archive
collector.sees   = base archive collector
calibration.sees = base archive calibration
analysis.sees    = $(JUDGING)
reports.sees     = $(JUDGING) reports
exports.sees     = $(JUDGING) exports
alarms.sees      = $(JUDGING) reports exports alarms
web.sees         = $(JUDGING) reports exports web
cli.sees         = $(ROOMS)
tests.sees       = $(ROOMS) tests

base.speaks        = libzmq yaml-0.1 udunits libdeflate libcrypto libseccomp
sensors.speaks     = libserialport
archive.speaks     = hdf5-serial libdeflate
calibration.speaks = gsl
analysis.speaks    = gsl
reports.speaks     = pangocairo
web.speaks         = libmicrohttpd
tests.speaks       = $(sort $(foreach r,$(ROOMS),$($(r).speaks))) cmocka

# ---- what the steps need from Debian: installed first, then make starts over ----
OWN_PACKAGES = demo check lint fuzz bench page coverage crash-vm disk link clock interop
AS_CHECK     = try gates bench rivals instruments soak agents proof crash kills failing faults coverage attack link clock tsan fuzz interop
STEPS = $(if $(filter-out clean help packages,$(or $(MAKECMDGOALS),all)),build) \
        $(filter $(OWN_PACKAGES),$(MAKECMDGOALS)) $(if $(filter $(AS_CHECK),$(MAKECMDGOALS)),check) \
        $(if $(filter rivals instruments,$(MAKECMDGOALS)),bench)
include $(STEPS:%=build/.installed-%)
build/.installed-%: packaging/packages packaging/install-packages
	@packaging/install-packages $*
	@mkdir -p build && touch $@

LIBRARIES = $(sort $(foreach r,$(ROOMS),$($(r).speaks)))
LDLIBS    = -Wl,--as-needed $(shell pkg-config --libs $(LIBRARIES)) -lhdf5_serial_hl -lm -pthread

# ---- what is built ----
PROGRAM.quantrac          = cli/quantrac
PROGRAM.quantrac-office   = cli/office
PROGRAM.quantrac-sensord  = sensors/sensord
PROGRAM.quantrac-collectd = collector/collectd
PROGRAM.quantrac-webd     = web/webd
LINKS.quantrac            = cli sensors base
LINKS.quantrac-sensord    = sensors base
LINKS.quantrac-collectd   = collector archive base
LINKS.quantrac-webd       = web exports reports analysis calibration archive base
LINKS.quantrac-office     = cli web exports reports analysis calibration collector archive sensors base

PROGRAMS = $(foreach p,quantrac quantrac-office quantrac-sensord quantrac-collectd quantrac-webd, \
             $(if $(wildcard $(PROGRAM.$(p)).c),$(p)))
MAINS    = $(foreach p,$(PROGRAMS),$(PROGRAM.$(p)).c)
SOURCES  = $(foreach r,$(ROOMS),$(wildcard $(r)/*.c $(r)/*/*.c))
LIBRARY  = $(filter-out $(MAINS),$(SOURCES))

# tests/<room>/test_*.c: a program each; what they share is the library tests
TEST_FILES = $(wildcard tests/*/test_*.c)
TESTS      = $(notdir $(TEST_FILES:.c=))
ALONE      = test_% bench% shim_% fuzz_% soak_% prove_% attack_% tool_% trial_%
HELPERS    = $(foreach f,$(filter-out tests/rivals/% tests/peers/%,$(wildcard tests/*/*.c)),$(if $(filter $(ALONE),$(notdir $(f))),,$(f)))

SHIPPED = build/limits build/profiles build/demo-files build/page
all: $(PROGRAMS:%=build/%) $(SHIPPED)

# ---- compiling: build/rel for use, build/san for tests ----
room_of   = $(firstword $(subst /, ,$(1)))
cflags_of = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $($(1).speaks) 2>/dev/null))
$(foreach r,$(ROOMS) tests,$(if $($(r).speaks),$(eval cflags.$(r) := $(call cflags_of,$(r)))))

Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2);)

compile = $(CC) $(WARN) $(DEFINES) -MMD -MP -iquote build/see/$(call room_of,$(1)) \
          $(cflags.$(call room_of,$(1))) $(2) -c -o $@ $<

build/rel/%.o: %.c build/see/.made
	@mkdir -p $(@D)
	$(call say,CC,$<) $(call compile,$*,$(CFLAGS))

build/san/%.o: %.c build/see/.made
	@mkdir -p $(@D)
	$(call say,SAN,$<) $(call compile,$*,-O1 -g $(SANITIZE))

build/see/.made: Makefile
	@rm -rf build/see
	@$(foreach r,$(ROOMS) tests,mkdir -p build/see/$(r) && \
	  for seen in $($(r).sees); do ln -sfn ../../../$$seen build/see/$(r)/$$seen; done;)
	@touch $@

define room
build/rel/lib$(1).a: $(patsubst %.c,build/rel/%.o,$(filter $(1)/%,$(LIBRARY)))
build/san/lib$(1).a: $(patsubst %.c,build/san/%.o,$(filter $(1)/%,$(LIBRARY)))
endef
$(foreach r,$(ROOMS),$(eval $(call room,$(r))))

# one rule each: a pattern rule with two targets would count both as made by one run
build/rel/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

build/san/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

define program
build/$(1): build/rel/$(PROGRAM.$(1)).o $(LINKS.$(1):%=build/rel/lib%.a)
	$$(call say,LINK,$$@) $$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)
build/san/$(1): build/san/$(PROGRAM.$(1)).o $(LINKS.$(1):%=build/san/lib%.a)
	$$(call say,LINK,$$@) $$(CC) $$(SANITIZE) -static-libasan $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

build/san/libtests.a: $(HELPERS:%.c=build/san/%.o)
build/rel/libtests.a: $(HELPERS:%.c=build/rel/%.o)

# objects before libraries, in whatever order the rules name them
linked = $(filter %.o,$^) $(filter %.a,$^)
$(foreach t,$(TEST_FILES:.c=),$(foreach kind,san cov tsan,$(eval build/$(kind)/tests/$(notdir $(t)): build/$(kind:cov=san)/$(t).o)))
build/san/tests/test_%: build/san/libtests.a $(LINKS.quantrac-office:%=build/san/lib%.a)
	$(call say,LINK,$@) $(CC) $(SANITIZE) $(LDFLAGS) -o $@ $(linked) $(LDLIBS) -lcmocka

# the page is inside the program (.incbin)
build/rel/web/assets.o build/san/web/assets.o: $(wildcard web/page/*)

# what is shipped beside the programs
build/limits:     ; @mkdir -p build && ln -sfn ../analysis/limits $@
build/profiles:   ; @mkdir -p build && ln -sfn ../sensors/profiles $@
build/demo-files: ; @mkdir -p build && ln -sfn ../cli/demo $@
build/page:       ; @mkdir -p build && ln -sfn ../web/page $@

demo: all
	@build/quantrac demo --keep build/demo

UNITS = $(notdir $(wildcard packaging/systemd/*.service))
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/quantrac $(DESTDIR)$(PREFIX)/share/man/man1 \
	  $(DESTDIR)$(PREFIX)/share/man/man8
	install $(PROGRAMS:%=build/%) $(DESTDIR)$(PREFIX)/bin
	cp -r analysis/limits sensors/profiles web/page $(DESTDIR)$(PREFIX)/share/quantrac
	cp -r cli/demo $(DESTDIR)$(PREFIX)/share/quantrac/demo-files
	install -m 644 $(wildcard docs/*.1) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(wildcard docs/*.8) $(DESTDIR)$(PREFIX)/share/man/man8
	install -d $(DESTDIR)$(PREFIX)/share/doc/quantrac $(patsubst %,$(DESTDIR)$(PREFIX)/lib/%,systemd/system sysusers.d tmpfiles.d)
	install -m 644 README.md $(wildcard docs/*.md docs/*.yaml) $(DESTDIR)$(PREFIX)/share/doc/quantrac
	for unit in $(UNITS); do \
	  sed 's|@bin@|$(PREFIX)/bin|' packaging/systemd/$$unit >$(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit || exit; done
	install -m 644 packaging/systemd/quantrac.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/quantrac.conf
	install -m 644 packaging/systemd/quantrac.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/quantrac.conf
	install -D -m 644 packaging/completions/quantrac $(DESTDIR)$(PREFIX)/share/bash-completion/completions/quantrac

# ---- help ----
help:
	@cat docs/targets.txt

libraries:
	@echo $(LIBRARIES)

flags-%:
	@echo $(DEFINES) -iquote build/see/$* $(cflags.$*)

clean:
	rm -rf build

.PHONY: all demo install help clean libraries
.SECONDARY:

-include $(wildcard build/rel/*/*.d build/rel/*/*/*.d build/san/*/*.d build/san/*/*/*.d)
-include tests/targets.mk
