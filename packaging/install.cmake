# Where things go when installed, for `cmake --install` and for the Debian package.
include(GNUInstallDirs)

# ecsward and its late-loaded module say themselves where they go (agent/, exporters/).
install(FILES systemd/ecsward.service DESTINATION lib/systemd/system)
install(FILES systemd/ecsward.sysusers.conf DESTINATION lib/sysusers.d RENAME ecsward.conf)
install(FILES conf/ecsward.yml DESTINATION /etc/ecsward)
# To be read, and copied from: the program has them built in.
install(DIRECTORY conf/rules/ DESTINATION share/ecsward/rules FILES_MATCHING PATTERN "*.yml")
install(FILES README.md README.zh-CN.md DESTINATION share/doc/ecsward)
install(DIRECTORY docs/ DESTINATION share/doc/ecsward/docs FILES_MATCHING PATTERN "*.md")

# The man page and Debian's changelog are compressed, as Debian's policy asks, and carry the version.
# -n: no time of day in them, so that the same sources give the same files.
string(TIMESTAMP ECSWARD_BUILD_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(packaging/ecsward.1.in packaging/ecsward.1 @ONLY)
configure_file(packaging/deb/changelog.in packaging/changelog.Debian @ONLY)
foreach(page ecsward.1 changelog.Debian)
  execute_process(COMMAND gzip -9nkf ${CMAKE_BINARY_DIR}/packaging/${page} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
install(FILES ${CMAKE_BINARY_DIR}/packaging/ecsward.1.gz DESTINATION share/man/man1)
install(FILES ${CMAKE_BINARY_DIR}/packaging/changelog.Debian.gz DESTINATION share/doc/ecsward)
install(FILES packaging/deb/copyright DESTINATION share/doc/ecsward)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ecsward)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The ecsward authors <ecsward@users.noreply.github.com>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "care of an Alibaba Cloud ECS host in one daemon")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"ecsward measures the host once a second and serves the measurements to
Prometheus under node_exporter's names, so that existing dashboards and rules
work unchanged, evaluates Prometheus rule files on the host itself, and knows
which process owns which port. It runs as a user of its own, answers private
addresses only unless told otherwise, and watches its own use of CPU and
memory.")
foreach(script postinst prerm postrm conffiles)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/deb/${script})
endforeach()
include(CPack)
