# The whole compilation as one make, so that its jobs share the processors: run in pjproject's folder after configure.
# Variables: RECIPE SWIG PYTHON_INCLUDE WRAPPER_FLAGS LINK_FLAGS

include build.mak
include $(PJDIR)/build/common.mak

LIBRARIES := pjlib pjlib-util pjnath third_party pjmedia pjsip
SWIG_FOLDER := pjsip-apps/src/swig
AEC3_HEADERS := $(PJDIR)/wwphone/aec3_headers.h

.PHONY: all pjsua $(LIBRARIES)

all: wwphone/_pjsua2.abi3.so pjsua

# First, for this one big file takes longest.
wwphone/pjsua2_wrap.cpp: $(SWIG_FOLDER)/pjsua2.i
	$(SWIG) $(foreach library,$(LIBRARIES),-I$(PJDIR)/$(library)/include) \
		-c++ -w312 -threads -python -outdir wwphone -o $@ $<

wwphone/pjsua2_wrap.o: wwphone/pjsua2_wrap.cpp
	$(CXX) $(PJ_CXXFLAGS) $(WRAPPER_FLAGS) -I$(PYTHON_INCLUDE) -c -o $@ $<

# Saves a fifth of all the compiling. Files with other machine flags refuse the compiled form and read the text.
$(AEC3_HEADERS): $(RECIPE)/aec3_headers.h
	cp $< $@

$(AEC3_HEADERS).gch: $(AEC3_HEADERS)
	$(CXX) $(PJ_CXXFLAGS) -x c++-header -c -o $@ $<

third_party: export AEC3_EXTRA_FLAGS := -fpch-preprocess -include $(AEC3_HEADERS)
third_party: $(AEC3_HEADERS).gch

# Each library's makefile wants those below it to be there.
pjlib-util: pjlib
pjnath: pjlib-util
pjmedia: pjnath third_party
pjsip: pjmedia

$(LIBRARIES):
	+$(MAKE) -C $@/build lib

wwphone/_pjsua2.abi3.so: wwphone/pjsua2_wrap.o $(LIBRARIES)
	$(CXX) -shared -o $@ $< $(PJ_LDXXFLAGS) $(LINK_FLAGS) -Wl,--start-group $(PJ_LDXXLIBS) -Wl,--end-group

pjsua: $(LIBRARIES)
	+$(MAKE) -C pjsip-apps/build pjsua
