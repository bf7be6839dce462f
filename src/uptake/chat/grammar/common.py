"""Words that mean nothing by themselves here, so that nobody takes them for a customer's name."""

_FUNCTION = """
the a an of for to in on at by with from into about over under between within than that this these those there here it
its is are be am been being has have having had will would can could may might must shall should our my your their his
her we i you they them me us he she who whom whose what which when where how and or but so if then else as per also
too just only really very much many more most less least few some any each both other others another same such own up
out off down again further now today right still yet even ever please pls plz hi hello hey thanks thank ok okay yes
yep sure quick quickly asap btw fyi lol hmm um well lets let go got get give gave take took come came see saw look
looking tell know want need like think thing things stuff something anything everything nothing someone anyone people
person team teams user users usr visitor visitors contact contacts stakeholder stakeholders name names number numbers
list lists table tables page pages data day days date dates time times period week weeks month months quarter quarters
year years currently recent recently lately since during before after until across among percent percentage rate rates
average mean median total sum count big small large tiny high low higher lower good bad great fine nice better worse
new old young long short first last next previous past current full whole part parts half main key major minor
important several three two one real actual ours
"""
FUNCTION_WORDS = frozenset(_FUNCTION.split())

_COMMON = """
segment segments region regions plan plans owner owners csm csms manager enterprise smb midmarket mid market starter
product products service services company companies business meeting review qbr board call calls email question
questions answer answers ask asks asked say says said word words sentence idea ideas help able possible work works
working worked run runs running start starts started stop stops stopped keep keeps kept put puts set sets send sends
sent store stores scope core cores scare snore wealth text texts test tests crate friend tasked basket desk dusk
weather joke cat dog coffee lunch pizza movie song poem story football game capital france berlin london sky blue moon
sun python code sql bug password login logout invoice invoices price prices pricing cost costs revenue arr mrr money
dollars salary renew renewal renewals contract contracts seat seats license licenses sign signed maybe actually
basically literally ready done schlecht gut der die das den dem des ein eine einen einem einer und oder mit von fur zu
zum zur im ist sind war hat haben wird werden mir mich uns ich du er sie es wir ihr bitte mal doch noch schon auch nur
wie wer wo wann welche welcher welches aller aus sehr als unsere unserer meine meiner meinen alle allen jetzt nach bei
auf uber unter bis ab le la les un une de et ou est sont avec pour par sur dans nous vous moi mes nos quel quelle
quels quelles svp el los las una unos unas del y o son con para por sobre en nosotros mis nuestros cual cuales cada
gracias hola bonjour hallo danke merci show doing make makes made making try trying tried feel feels care cares hear
heard everyone somebody nobody none self thats theres heres whats hows whos wheres ive id youre theyre weve isnt arent
cant wont dont doesnt didnt havent hasnt wasnt werent shouldnt wouldnt couldnt gonna wanna gotta kinda bit lot lots
top delete remove undo cancel close complete archive assign reassign approve tomorrow yesterday later every always
often sometimes whenever automatically unless imagine suppose pretend once ago already created updated happens happen
happening minute minutes hour hours second seconds morning afternoon evening night monday tuesday wednesday thursday
friday saturday sunday weekend holiday back away around against line lines message topic thread chat compute computer
paper draft letter writing reading read book books chapter weights weight formula model models setting teh hte adn fo
ot gimme lemme ya yall u r ur thx ty idk wrong avg issue issues problem problems broken fix fixed fixing matter
matters going goes went gone coming comes account acct whoever whatever wherever anyway kind sort type types way ways
case cases point place places side sides end ends begin began beginning beginnings means meant understand understood
explainer believe believed guess hope hoping wish wishes love loved hate prefer happy sad angry glad sorry excited
curious interested boring busy free late early soon shortly almost nearly quite rather pretty extremely super totally
completely exactly precisely roughly approximately especially mainly mostly usually normally generally typically
finally immediately urgently urgent critical seriously fully properly correctly simple simply easy easily hard
difficult impossible likely unlikely certain certainly definitely probably perhaps either neither whether while
although though despite however therefore thus hence moreover besides instead except including excluding regarding
concerning versus via amongst outside inside above below beyond behind beside near far closer closest left front rear
middle finish single double triple couple dozen hundred thousand million billion quarterly yearly annual annually
biweekly nightly hourly regular regularly frequent frequently rare rarely seldom constantly continuous steady stable
flat high-level detailed brief briefly bigger biggest smaller smallest larger largest huge greater greatest fewer
fewest enough plenty deal deals sale sales seller sell sold buy bought buyer purchase purchased order orders paid pay
paying payment cancelled cancellation renewing renewed expire expires expired expiring upsell upsells expansion expand
expanding downgrade downgraded upgrade upgraded trial trials pilot pilots demo demos training trainings webinar
webinars session sessions workshop workshops event events visit visits click clicks logins signup signups activity
activities active activated activation engaged engagement engage retention retain retained depth breadth recency
stickiness sticky metric metrics measure measures measured value values goal goals target targets objective objectives
outcome outcomes success successful fail failed failing failure win wins won lose loses ticket support bugs request
requests feedback survey nps csat comment comments opinion opinions view views viewed watch watched watching follow
following followed join joined joining leave invite invited share shared sharing forward forwarded copy copied paste
print printed save saved load loaded loading sync synced integration integrations connect connected connection setup
configure configured install installed access accessed admin admins managers director directors vp ceo cto cfo coo
champion sponsor sponsors executive executives exec execs lead leads employee employees staff colleague colleagues
boss man woman men women guy guys folks family friends partner partners vendor vendors supplier suppliers prospect
prospects country countries city cities world office offices site sites home house car street road water food gold
silver red green yellow orange purple black white brown gray grey color colors dark light bright kid kids child
children school student students teacher class lesson life live lives living age born dead death birth birthday
christmas easter summer winter spring autumn fall rain snow sunny hot cold warm cool lovely cute ugly clean dirty grow
grows growing grew shrink shrinking slow slower fast faster quiet loud onboarding rollout launch launched
"""
COMMON = frozenset(_COMMON.split())
