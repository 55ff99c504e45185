# Prints what Vagrant makes of the Vagrantfile for one provider, as JSON.
ENV['VAGRANT_I_KNOW_WHAT_IM_DOING_PLEASE_BE_QUIET'] = '1'
require 'json'
require 'vagrant'

provider = ARGV.first.to_sym
Vagrant::Plugin::Manager.instance.load_plugins(Vagrant::Plugin::Manager.instance.installed_plugins)
env = Vagrant::Environment.new(cwd: Dir.pwd, ui_class: Vagrant::UI::Silent)

machines = env.machine_names.to_h do |name|
  vm = env.vagrantfile.machine_config(name, provider, nil, nil, false)[:config].vm
  own = vm.get_provider_config(provider)
  disks =
    if provider == :libvirt
      own.disks.map { |disk| disk.slice(:serial, :size, :path, :shareable) }
    else
      vm.disks.map { |disk| { serial: disk.name, size: disk.size } }
    end
  cards = vm.networks.filter_map { |type, options| options.slice(:ip, :netmask) if type == :private_network }
  customizations = provider == :virtualbox ? own.customizations.map(&:last) : []
  box = { name: vm.box, url: vm.box_url, sum: vm.box_download_checksum, type: vm.box_download_checksum_type }
  [name, { hostname: vm.hostname, memory: own.memory, cpus: own.cpus, disks: disks, cards: cards,
           customizations: customizations, box: box }]
end
puts JSON.generate(machines)
